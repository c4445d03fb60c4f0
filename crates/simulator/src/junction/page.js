// Tells the embedding page what happened, as Junction documents it: only if it can tell who that is.
const form = document.querySelector("#order");
const outcome = document.querySelector("#outcome");
const { page, team } = form.dataset;

function chosen() {
  return form.elements.patient.value || null;
}

/** The origin of whoever embeds us; none if we are not embedded, or its policy hides it. */
function embedder() {
  return window.parent !== window && URL.canParse(document.referrer) ? new URL(document.referrer).origin : undefined;
}

function tell(type, data) {
  const origin = embedder();
  if (origin !== undefined) {
    window.parent.postMessage({ type, data }, origin);
  }
}

function end(words) {
  outcome.textContent = words;
  for (const element of form.elements) {
    element.disabled = true;
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const user = chosen();
  if (user === null) {
    outcome.textContent = "Choose a patient first.";
    return;
  }
  const response = await fetch("/junction/ehr/orders", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ page, user_id: user }),
  });
  if (!response.ok) {
    outcome.textContent = `The order was refused with ${response.status}.`;
    return;
  }
  const data = await response.json();
  end(`Order ${data.order_id} was created.`);
  tell("urn:junction:order:created", data);
});

document.querySelector("#cancelled").addEventListener("click", () => {
  end("Order creation was cancelled.");
  tell("urn:junction:order:creation_cancelled", { user_id: chosen(), team_id: team });
});
