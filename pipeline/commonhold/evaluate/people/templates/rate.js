"use strict";
const { pack, words } = JSON.parse(document.getElementById("data").textContent);
const byId = id => document.getElementById(id);
const blank = () => ({ rater: "", page: pack.page_language, languages: null, at: 0, answers: {} });
let state = blank();

// What is kept: one entry for each person, and who was last. A page opened from a mail may be refused both.
const place = `commonhold ${pack.id}`;
function keep() {
  try {
    localStorage.setItem(`${place} ${state.rater}`, JSON.stringify(state));
    localStorage.setItem(place, state.rater);
  } catch { byId("not-kept").hidden = false; }
}
function kept(rater) {
  try {
    const name = rater ?? localStorage.getItem(place);
    return name ? JSON.parse(localStorage.getItem(`${place} ${name}`)) : null;
  } catch { byId("not-kept").hidden = false; return null; }
}

function say(word, values = {}) {
  return Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, () => value), words[state.page][word]);
}
function speak() {
  document.documentElement.lang = state.page;
  document.title = pack.title || say("title");
  for (const each of document.querySelectorAll("[data-word]")) each.textContent = say(each.dataset.word);
  for (const each of document.querySelectorAll("[data-title]")) each.textContent = pack.title || say("title");
}
function show(id) {
  for (const each of document.querySelectorAll("main")) each.hidden = each.id !== id;
  scrollTo(0, 0);
  document.querySelector(`#${id} h1`).focus({ preventScroll: true });
}

// Everybody begins somewhere else, so that the last questions get answers too when people stop early.
function queue() {
  const asked = pack.questions.filter(each => !state.languages || state.languages.includes(each.language));
  let sum = 0;
  for (const letter of state.rater) sum = (sum * 31 + letter.codePointAt(0)) % 1000003;
  const turn = asked.length ? sum % asked.length : 0;
  return [...asked.slice(turn), ...asked.slice(0, turn)];
}
const answered = () => queue().filter(each => state.answers[each.id]).length;
const picked = name => document.querySelector(`input[name="${name}"]:checked`)?.value ?? "";

function languageName(tag) {
  try { return new Intl.DisplayNames([tag], { type: "language" }).of(tag); } catch { return tag || "–"; }
}
function fillLanguages() {
  const tags = [...new Set(pack.questions.map(each => each.language))].sort();
  byId("languages").hidden = tags.length < 2;
  for (const tag of tags) {
    const label = document.createElement("label"), box = document.createElement("input"), text = document.createElement("span");
    Object.assign(label, { className: "choice" });
    Object.assign(box, { type: "checkbox", name: "language", value: tag, checked: !state.languages || state.languages.includes(tag) });
    Object.assign(text, { textContent: languageName(tag), lang: tag });
    label.append(box, text);
    byId("language-boxes").append(label);
  }
}

function ask() {
  const questions = queue(), question = questions[state.at];
  if (!question) return finish();
  const given = state.answers[question.id] ?? {};
  byId("rate-form").reset();
  byId("rate-error").textContent = "";
  byId("position").textContent = say("position", { number: state.at + 1, all: questions.length });
  byId("progress").textContent = say("progress", { done: answered(), all: questions.length });
  byId("bar").value = answered() / questions.length;
  for (const [id, text] of [["prompt", question.prompt], ["reply-a", question.a], ["reply-b", question.b]]) {
    byId(id).textContent = text || say("no_reply");
    byId(id).lang = question.language;
  }
  for (const each of document.querySelectorAll(".right")) each.hidden = !pack.asks_right;
  for (const name of ["verdict", "a_right", "b_right"])
    for (const each of document.getElementsByName(name)) each.checked = each.value === given[name];
  byId("comment").value = given.comment ?? "";
  byId("back").disabled = state.at === 0;
  show("rate");
}
function take() {
  const verdict = picked("verdict");
  if (!verdict) { byId("rate-error").textContent = say("verdict_missing"); return false; }
  state.answers[queue()[state.at].id] =
    { verdict, a_right: picked("a_right"), b_right: picked("b_right"), comment: byId("comment").value.trim() };
  return true;
}
function move(steps) { state.at += steps; keep(); ask(); }

function rows() {
  return pack.questions.filter(each => state.answers[each.id]).map(each => ({ question: each.id, ...state.answers[each.id] }));
}
function asJson() { return JSON.stringify({ ratings: 1, pack: pack.id, rater: state.rater, answers: rows() }, null, 1); }
function asSheet() {
  const columns = ["pack", "rater", "question", "verdict", "a_right", "b_right", "comment"];
  // A cell that begins like a formula would be run by a spreadsheet program.
  const cell = text => `"${(/^[=+\-@\t\r]/.test(text) ? "'" : "") + text.replaceAll('"', '""')}"`;
  const lines = rows().map(row => columns.map(name => cell({ pack: pack.id, rater: state.rater, ...row }[name])).join(","));
  return "\ufeff" + [columns.join(","), ...lines].join("\r\n") + "\r\n";
}
function save(text, type, ending) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = `ratings-${state.rater.replace(/[^\p{L}\p{N}]+/gu, "-")}-${pack.id.slice(0, 6)}.${ending}`;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
function finish() {
  byId("thanks").textContent = say("done", { name: state.rater });
  byId("done-text").textContent = say("done_text", { done: answered(), all: queue().length });
  byId("text").value = asJson();
  byId("copied").textContent = "";
  byId("go-on").hidden = answered() === queue().length;
  show("done");
}

byId("page-language").addEventListener("change", event => { state.page = event.target.value; speak(); });
byId("start-form").addEventListener("submit", event => {
  event.preventDefault();
  const rater = byId("rater").value.trim(), page = state.page;
  const languages = [...document.getElementsByName("language")].filter(each => each.checked).map(each => each.value);
  byId("start-error").textContent = !rater ? say("rater_missing") : !languages.length ? say("languages_missing") : "";
  if (!rater || !languages.length) return;
  state = { ...(kept(rater) ?? { ...blank(), rater }), page, languages };
  state.at = queue().findIndex(each => !state.answers[each.id]);
  if (state.at < 0) state.at = queue().length;
  keep();
  ask();
});
byId("rate-form").addEventListener("submit", event => { event.preventDefault(); if (take()) move(1); });
byId("rate-form").addEventListener("change", () => { byId("rate-error").textContent = ""; });
byId("back").addEventListener("click", () => { if (picked("verdict")) take(); move(-1); });
byId("finish").addEventListener("click", () => { if (picked("verdict")) take(); keep(); finish(); });
byId("save").addEventListener("click", () => save(asJson(), "application/json", "json"));
byId("save-sheet").addEventListener("click", () => save(asSheet(), "text/csv", "csv"));
byId("copy").addEventListener("click", () => {
  byId("text").select();
  document.execCommand("copy"); // the newer way is refused to pages that come from a file
  byId("copied").textContent = say("copied");
});
byId("go-on").addEventListener("click", () => { state.at = queue().findIndex(each => !state.answers[each.id]); ask(); });
byId("other").addEventListener("click", () => { state = { ...blank(), page: state.page }; byId("rater").value = ""; show("start"); });
document.addEventListener("keydown", event => {
  if (byId("rate").hidden || event.ctrlKey || event.altKey || event.metaKey || event.target.id === "comment") return;
  const choice = document.getElementsByName("verdict")[Number(event.key) - 1];
  if (choice) { choice.click(); choice.focus(); }
  else if (event.key === "Backspace" && state.at > 0) { event.preventDefault(); byId("back").click(); }
  else if (event.key === "Enter" && (event.target.type === "radio" || event.target === byId("position"))) {
    event.preventDefault();
    byId("rate-form").requestSubmit();
  }
});

state = kept() ?? state;
byId("page-language").value = state.page;
byId("rater").value = state.rater;
fillLanguages();
speak();
if (state.rater) ask(); else show("start");
