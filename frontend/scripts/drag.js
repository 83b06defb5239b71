// Parts of a form that can be dragged into another order. Buttons beside them do the same without a pointer.
let dragged = null;

const placeAt = (event) => event.target.closest?.('[data-place]');

document.addEventListener('dragstart', (event) => {
  if (!event.target.closest?.('[data-drag]')) return;
  dragged = placeAt(event);
  event.dataTransfer.effectAllowed = 'move';
  event.dataTransfer.setData('text/plain', dragged.dataset.place);
  event.dataTransfer.setDragImage(dragged, 0, 0);
});

document.addEventListener('dragover', (event) => {
  const over = placeAt(event);
  if (!dragged || !over || over.form !== dragged.form) return;
  event.preventDefault();
  mark(over);
});

document.addEventListener('drop', (event) => {
  const over = placeAt(event);
  if (!dragged || !over) return;
  event.preventDefault();
  if (over !== dragged) move(dragged, over.dataset.place);
});

document.addEventListener('dragend', () => {
  dragged = null;
  mark(null);
});

function mark(over) {
  for (const place of document.querySelectorAll('[data-place]')) place.classList.toggle('drop-here', place === over && place !== dragged);
}

// The server writes the new order, as it does for the buttons.
function move(part, place) {
  const button = document.createElement('button');
  Object.assign(button, { name: 'do', value: `move-${part.dataset.place}-${place}`, hidden: true });
  button.formAction = `#rule-${place}`;
  part.form.append(button);
  part.form.requestSubmit(button);
}
