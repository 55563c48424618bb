// Asks before what cannot be undone.
export default function confirmFirst(form, event) {
  const ask = (submit) => {
    if (!window.confirm(form.dataset.confirm)) submit.preventDefault();
  };
  form.addEventListener("submit", ask);
  if (event) form.requestSubmit(event.submitter);
}
