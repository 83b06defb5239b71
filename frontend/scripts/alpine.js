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
  window.Alpine = Alpine;
  Alpine.start();
}
