// Asks before what cannot be undone.
export default function confirmFirst(form, event) {
  const ask = (submit) => {
    const question = submit.submitter?.dataset.confirm ?? form.dataset.confirm; // an empty one: nothing to ask
    if (question && !window.confirm(question)) submit.preventDefault();
  };
  form.addEventListener("submit", ask);
  if (event) form.requestSubmit(event.submitter);
}
