// The state of the page is its address: the parameters of /search, so that pages can be kept.
"use strict";

const PAGE = 12; // answers where neither address nor question says how many
const byId = (id) => document.getElementById(id);
const form = byId("form");
let latest = 0; // the question that was asked last; answers to earlier ones are dropped
let best = 1; // the highest score of the first page, whose bar is full

function asked() {
  return new URLSearchParams(location.search);
}

function fromForm() {
  const said = [...new FormData(form)].filter(([, value]) => value.trim());
  const kept = [...asked()].filter(([name]) => !form.elements[name]); // what has no field
  const parameters = new URLSearchParams([...said, ...kept]);
  return parameters;
}

function toForm(parameters) {
  for (const field of form.elements) {
    if (!field.name) continue;
    const value = parameters.get(field.name) ?? "";
    if (field.type === "checkbox") field.checked = value === field.value;
    else {
      if (field.tagName === "SELECT" && ![...field.options].some((one) => one.value === value)) {
        field.add(new Option(value));
      }
      field.value = value;
    }
  }
  const likes = parameters.getAll("like");
  byId("likes").hidden = !likes.length;
  byId("likes").replaceChildren(...likes.map((like) => `like ${like}`), button("Forget it", () => {
    const without = fromForm();
    without.delete("like");
    go(without);
  }));
}

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

function go(parameters) {
  history.pushState(null, "", `/?${parameters}`);
  show();
}

async function ask(parameters, offset) {
  const sent = new URLSearchParams(parameters);
  const likes = sent.getAll("like");
  let path = "/search";
  if (likes.length === 1 && !sent.get("q")) {
    path = `/similar/${encodeURIComponent(likes[0])}`;
    ["like", "q", "literal"].forEach((name) => sent.delete(name));
  }
  if (offset) sent.set("offset", offset);
  const response = await fetch(`${path}?${sent}`);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail);
  return answer;
}

async function show() {
  const parameters = asked();
  toForm(parameters);
  byId("results").replaceChildren();
  await add(parameters, 0);
}

async function add(parameters, offset) {
  const mine = ++latest;
  byId("more").hidden = true;
  byId("message").textContent = "";
  byId("plan").textContent = "searching …";
  try {
    const answer = await ask(parameters, offset);
    if (mine === latest) draw(answer, parameters, offset);
  } catch (error) {
    if (mine !== latest) return;
    byId("plan").textContent = "";
    byId("message").textContent = error instanceof TypeError
      ? "The service does not answer. Is flux serve still running?" : error.message;
  }
}

function draw(answer, parameters, offset) {
  byId("plan").textContent = answer.plan;
  const shown = answer.hits.length + answer.motifs.length;
  if (answer.verdict && !answer.verdict.found) {
    byId("message").textContent = `${answer.verdict.why}. The nearest to it:`;
  } else if (!shown) {
    byId("message").textContent = offset ? "That was all." : "No photograph passes these filters.";
  }
  if (!offset) best = Math.max(0.01, ...answer.hits.map((hit) => hit.score ?? 0));
  const draws = { list: drawList, echoes: drawEchoes, motifs: drawMotifs, evolution: drawEvolution };
  draws[answer.shape](answer);
  byId("more").hidden = answer.shape !== "list" || answer.hits.length < (parameters.get("limit") ?? PAGE);
  byId("more").onclick = () => add(parameters, offset + answer.hits.length);
}

function drawList(answer) {
  const known = byId("results").querySelector("ol");
  const cards = answer.hits.map((hit) => card(hit, hit.why));
  if (known) known.append(...cards);
  else if (cards.length) section("", cards);
}

function drawEchoes(answer) {
  const looks = Map.groupBy(answer.hits, (hit) => hit.look);
  [...looks.keys()].sort((a, b) => a - b).forEach((look) => {
    section(`Look ${look}`, looks.get(look).map((hit) => {
      const made = card(hit, hit.why);
      const original = new Image();
      original.src = hit.echo_thumb;
      original.alt = `The original: ${hit.echo_of}`;
      made.classList.add("both");
      made.querySelector("a").prepend(original);
      return made;
    }));
  });
}

function drawMotifs(answer) {
  for (const motif of answer.motifs) {
    const cards = motif.pictures.map((one) => card({ ...one, score: null }, String(one.year)));
    section(`${motif.motif}. ${motif.why}`, cards);
  }
}

function drawEvolution(answer) {
  for (const period of answer.periods) {
    const hits = answer.hits.filter((hit) => hit.period === period);
    const heading = hits.length ? period : `${period}: nothing`;
    section(heading, hits.map((hit) => card(hit, hit.why)), "moment");
  }
}

function section(heading, cards, kind = "") {
  if (heading) {
    const drawn = document.createElement("h2");
    drawn.textContent = heading;
    drawn.className = kind;
    byId("results").append(drawn);
  }
  const list = document.createElement("ol");
  list.append(...cards);
  byId("results").append(list);
}

function card(photo, why) {
  const made = byId("card").content.cloneNode(true).firstElementChild;
  const place = [photo.location_city, photo.location_country].filter(Boolean).join(", ");
  const when = (photo.captured_at ?? "").replace("T", " ").slice(0, 16);
  const picture = made.querySelector("img");
  picture.alt = [when, place, (photo.tags ?? []).join(" ")].filter(Boolean).join(", ") || why;
  if (photo.thumb) picture.src = photo.thumb;
  const link = photo.proxy ?? photo.thumb;
  if (link) made.querySelector("a").href = link;
  made.querySelector("a").title = photo.photo_id;
  const score = made.querySelector(".score");
  score.hidden = photo.score === null;
  if (photo.score !== null) {
    score.querySelector("i").style.width = `${Math.max(0, Math.min(70, (70 * photo.score) / best))}%`;
    score.querySelector("b").textContent = photo.score.toFixed(3);
  }
  made.querySelector(".when").textContent = [when, place].filter(Boolean).join("  ");
  made.querySelector(".why").textContent = why ?? "";
  const button = made.querySelector("button");
  button.setAttribute("aria-label", `More like ${photo.photo_id}`);
  button.addEventListener("click", () => {
    const alike = fromForm();
    ["q", "like"].forEach((name) => alike.delete(name));
    alike.append("like", photo.photo_id);
    scrollTo(0, 0);
    go(alike);
  });
  return made;
}

async function offerChoices() {
  const response = await fetch("/choices");
  if (!response.ok) return; // the first question says why
  const choices = await response.json();
  for (const select of form.querySelectorAll("[data-choices]")) {
    const known = new Set([...select.options].map((one) => one.value));
    for (const value of choices[select.name].map(String)) {
      if (!known.has(value)) select.add(new Option(value));
    }
  }
  byId("cities").replaceChildren(...choices.city.map((city) => new Option(city, city)));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  go(fromForm());
});
form.querySelector(".filters").addEventListener("change", () => go(fromForm()));
form.addEventListener("reset", (event) => {
  event.preventDefault();
  go(new URLSearchParams());
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
    event.preventDefault();
    byId("q").focus();
    byId("q").select();
  }
});
addEventListener("popstate", show);
offerChoices().then(show, show);
