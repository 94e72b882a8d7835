// Enter that confirms an input method's candidate must not send the form. Safari ends the
// composition before the key event; there only the key code 229 tells.
document.addEventListener("keydown", (event) => {
  const confirming = event.isComposing || event.keyCode === 229;
  if (event.key === "Enter" && confirming && event.target.closest("form")) event.preventDefault();
});
