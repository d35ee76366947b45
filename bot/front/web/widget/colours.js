// A clinic's colour, darkened or lightened until everybody can read it (WCAG 2.2, 1.4.3).

const LEAST_CONTRAST = 4.5;
const BLACK = [0, 0, 0];
const WHITE = [255, 255, 255];

// Of a colour as computed styles give it; null for what is no plain colour.
function channels(colour) {
  const found = colour.match(/^rgba?\((\d+), (\d+), (\d+)/);
  return found && found.slice(1).map(Number);
}

function luminance(colour) {
  const [r, g, b] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function inkOn(colour) {
  return contrast(colour, WHITE) >= contrast(colour, BLACK) ? WHITE : BLACK;
}

function readable(colour, paper) {
  const towards = inkOn(paper);
  for (let share = 0; share < 1; share += 0.02) {
    const mixed = colour.map((part, place) => Math.round(part + (towards[place] - part) * share));
    if (contrast(mixed, paper) >= LEAST_CONTRAST) return mixed;
  }
  return towards;
}

function css(colour) {
  return `rgb(${colour.join(" ")})`;
}
