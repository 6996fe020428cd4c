/* Draws one card in three themes with Microsoft's own renderer, and puts every complaint into the title.
   The light theme has the colours of Microsoft's local client; UNFOLDED is the part to unfold, or -1. */
const THEMES = {
  light: { back: "#ffffff", fore: "#252424", dim: "#5b5a5a", box: "#faf9f8", line: "#d1d1d1",
           accent: "#6264a7", good: "#92c353", warning: "#f8d22a", attention: "#c4314b", width: 480 },
  dark: { back: "#292929", fore: "#ffffff", dim: "#adadad", box: "#3d3d3d", line: "#666666",
          accent: "#9299f7", good: "#92c353", warning: "#f8d22a", attention: "#f9838e", width: 480 },
  contrast: { back: "#000000", fore: "#ffffff", dim: "#ffffff", box: "#000000", line: "#ffffff",
              accent: "#ffff00", good: "#3ff23f", warning: "#ffff00", attention: "#ffff00", width: 320 },
};

function colours(theme) {
  const of = (shade) => ({ default: shade, subtle: shade });
  return { default: { default: theme.fore, subtle: theme.dim }, accent: of(theme.accent), good: of(theme.good),
           warning: of(theme.warning), attention: of(theme.attention) };
}

function hostConfig(theme) {
  const style = { backgroundColor: theme.box, foregroundColors: colours(theme) };
  return new AdaptiveCards.HostConfig({
    fontFamily: "Segoe UI, Noto Sans, sans-serif",
    fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
    fontWeights: { lighter: 200, default: 400, bolder: 600 },
    spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
    separator: { lineThickness: 1, lineColor: theme.line },
    supportsInteractivity: true,
    inputs: { label: { inputSpacing: 4, requiredInputs: { weight: "bolder" }, optionalInputs: { weight: "bolder" } } },
    actions: { maxActions: 6, spacing: "default", buttonSpacing: 8, actionsOrientation: "horizontal",
               actionAlignment: "left", showCard: { actionMode: "inline", inlineTopMargin: 8 } },
    containerStyles: { default: { ...style, backgroundColor: theme.back }, emphasis: style, attention: style,
                       warning: style, good: style, accent: style },
  });
}

/* What unfolds is drawn right to the card's edges, beyond what it stands in. */
const bleeds = (part) => [part, ...part.querySelectorAll("*")].some((one) => parseFloat(getComputedStyle(one).marginRight) < 0);

const complaints = [];
const markdown = window.markdownit();
AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = markdown.render(text);
  result.didProcess = true;
};

function draw(name, payload) {
  const theme = THEMES[name];
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = hostConfig(theme);
  const context = new AdaptiveCards.SerializationContext();
  const own = JSON.parse(JSON.stringify(payload).replaceAll('"id":"q.', `"id":"${name}.q.`));
  card.parse(own, context); // the panels share a page, and radio buttons of one name share a choice
  for (let n = 0; n < context.eventCount; n++) complaints.push(context.getEventAt(n).message);
  for (const event of card.validateProperties().validationEvents) complaints.push(event.message);
  const panel = document.createElement("div");
  panel.className = `panel ${name}`;
  panel.style.width = `${theme.width}px`;
  panel.style.background = theme.back;
  panel.style.color = theme.fore;
  panel.style.setProperty("--line", theme.line);
  panel.style.setProperty("--accent", theme.accent);
  panel.appendChild(card.render());
  document.body.appendChild(panel);
  if (UNFOLDED >= 0) {
    const before = panel.scrollHeight;
    const fold = panel.querySelectorAll("button[aria-expanded], button[aria-controls]")[UNFOLDED];
    if (fold) fold.click();
    if (panel.scrollHeight <= before) complaints.push(`${name}: nothing unfolded`);
  }
  if (panel.scrollWidth > panel.clientWidth) complaints.push(`${name}: wider than ${theme.width} px`);
  for (const cut of panel.querySelectorAll("*"))
    if (!bleeds(cut) && cut.scrollWidth > cut.clientWidth + 1 && cut.clientWidth && cut.textContent && getComputedStyle(cut).display !== "inline")
      complaints.push(`${name}: cut off: ${cut.textContent.slice(0, 40)}`);
  for (const live of panel.querySelectorAll("a, img, strong, em, ul, ol, code"))
    complaints.push(`${name}: something came alive: ${live.outerHTML.slice(0, 80)}`);
}

for (const name of Object.keys(THEMES)) draw(name, CARD);
document.title = `height ${document.documentElement.offsetHeight} complaints ${JSON.stringify([...new Set(complaints)])}`;
