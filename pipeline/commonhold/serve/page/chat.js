// Sends the conversation, shows the answer as it comes. Text is only ever set as text, never as HTML.

const find = (id) => document.getElementById(id);
const form = find("composer");
const field = find("message");
const sendButton = find("send");
const stopButton = find("stop");
const newButton = find("new");

let turns = [];
let running = null;

function showTurn(kind, speaker, text) {
  find("empty").hidden = true;
  const article = document.createElement("article");
  article.className = kind;
  const heading = document.createElement("h2");
  heading.textContent = speaker;
  const body = document.createElement("p");
  body.className = "text";
  body.dir = "auto";
  body.textContent = text;
  article.append(heading, body);
  find("conversation").append(article);
  return article;
}

function addNote(article, text) {
  const note = document.createElement("p");
  note.className = "note";
  note.textContent = text;
  article.append(note);
}

function showError(text) {
  find("error").textContent = text;
  find("error").hidden = !text;
}

function announce(text) {
  find("status").textContent = text;
}

function followEnd(wasAtEnd) {
  if (wasAtEnd) window.scrollTo({ top: document.documentElement.scrollHeight });
}

function isAtEnd() {
  return window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 60;
}

function setRunning(controller) {
  const hadFocus = document.activeElement === stopButton || document.activeElement === sendButton;
  running = controller;
  stopButton.hidden = !controller;
  sendButton.hidden = Boolean(controller);
  newButton.disabled = Boolean(controller) || turns.length === 0;
  if (hadFocus) (controller ? stopButton : field).focus();
}

async function* readEvents(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const events = text.split("\n\n");
    text = events.pop();
    for (const event of events) yield event.replace(/^data: /, "");
  }
}

async function refusalOf(response) {
  try {
    return (await response.json()).error.message;
  } catch {
    return `The server answered with status ${response.status}.`;
  }
}

async function* readAnswer(signal) {
  const response = await fetch("/v1/chat/completions", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ messages: turns, stream: true }),
    signal,
  });
  if (!response.ok) throw new Error(await refusalOf(response));
  for await (const data of readEvents(response)) {
    if (data === "[DONE]") return;
    const part = JSON.parse(data);
    if (part.error) throw new Error(part.error.message);
    yield part.choices[0];
  }
  throw new Error("The answer ended before it was complete.");
}

function describe(error) {
  return error instanceof TypeError ? "The server cannot be reached. Is it still running?" : error.message;
}

async function ask(question) {
  const controller = new AbortController();
  showError("");
  const asked = showTurn("person", "You", question);
  turns.push({ role: "user", content: question });
  const article = showTurn("model", "Model", "");
  const body = article.querySelector(".text");
  article.setAttribute("aria-busy", "true");
  followEnd(true);
  announce("The model is answering.");
  setRunning(controller);
  let answer = "";
  let note = "";
  try {
    for await (const choice of readAnswer(controller.signal)) {
      const atEnd = isAtEnd();
      answer += choice.delta.content ?? "";
      body.textContent = answer;
      if (choice.finish_reason === "length") note = "The answer was cut off at the server’s limit.";
      followEnd(atEnd);
    }
  } catch (error) {
    note = controller.signal.aborted ? "You stopped this answer." : "This answer is incomplete.";
    if (!controller.signal.aborted) showError(describe(error));
  }
  article.removeAttribute("aria-busy");
  if (answer) {
    turns.push({ role: "assistant", content: answer });
    if (note) addNote(article, note);
    announce(`The model says: ${answer} ${note}`);
  } else if (note) {
    turns.pop();
    asked.remove();
    article.remove();
    if (!field.value) field.value = question;
    announce("No answer. Your message is back in the field.");
  } else {
    turns.push({ role: "assistant", content: "" });
    addNote(article, "The model gave an empty answer.");
    announce("The model gave an empty answer.");
  }
  find("empty").hidden = turns.length > 0;
  setRunning(null);
  followEnd(true);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = field.value.trim();
  if (!question || running) return;
  field.value = "";
  ask(question);
});

field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

stopButton.addEventListener("click", () => running?.abort());

newButton.addEventListener("click", () => {
  turns = [];
  for (const article of document.querySelectorAll("article")) article.remove();
  find("empty").hidden = false;
  showError("");
  announce("New conversation.");
  setRunning(null);
  field.focus();
});
