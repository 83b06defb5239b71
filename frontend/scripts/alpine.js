// Alpine in its build for strict policies: for pages that show the effect of a choice before it is saved.
import Alpine from '@alpinejs/csp';

export function startAlpine() {
  // Shows one part for one value of a select or a radio: x-data="choice" x-model="value" x-show="is" data-is="…".
  Alpine.data('choice', () => ({
    value: '',
    init() {
      this.value = this.$root.querySelector('select, input:checked')?.value ?? '';
    },
    pick(event) {
      this.value = event.target.value;
    },
    is() {
      return this.$el.dataset.is.split(' ').includes(this.value);
    },
    isNot() {
      return !this.is();
    },
  }));
  // How to be paid: fields of the way that is chosen, where it matters of its currency too (data-is="ach wise:USD").
  Alpine.data('method', () => ({
    kind: '',
    currency: '',
    init() {
      this.kind = this.$root.querySelector('input[name=kind]:checked')?.value ?? '';
      this.currency = this.$root.querySelector('select[name=currency]')?.value ?? '';
    },
    pick(event) {
      if (event.target.name === 'kind') this.kind = event.target.value;
      if (event.target.name === 'currency') this.currency = event.target.value;
    },
    is() {
      const wanted = this.$el.dataset.is.split(' ');
      return wanted.includes(this.kind) || wanted.includes(`${this.kind}:${this.currency}`);
    },
  }));
  window.Alpine = Alpine;
  Alpine.start();
}
