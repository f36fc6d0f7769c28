/** The script of the page: draws the figures and the pictures, and makes the buttons copy. */
export const clientScript = `
"use strict";
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const config = { responsive: true, displaylogo: false, showSendToCloud: false, \
plotlyServerURL: "", modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"] };
const figures = read("figures");
Promise.all(figures.map((f) => Plotly.newPlot(f.id, f.data, f.layout, config)))\
.then(() => { document.body.dataset.drawn = "true"; });

const sets = read("pictures");
for (const canvas of document.querySelectorAll("canvas[data-set]")) {
  const { width, height, palette, images } = sets[canvas.dataset.set];
  const indices = atob(images[Number(canvas.dataset.index)]);
  const picture = new ImageData(width, height);
  for (let i = 0; i < indices.length; i++) \
picture.data.set([...palette[indices.charCodeAt(i)], 255], 4 * i);
  canvas.getContext("2d").putImageData(picture, 0, 0);
}

const resize = () => { for (const f of figures) Plotly.Plots.resize(f.id); };
matchMedia("print").addEventListener("change", resize);

for (const button of document.querySelectorAll(".code button")) \
button.addEventListener("click", async () => {
  const code = button.previousElementSibling;
  try { await navigator.clipboard.writeText(code.textContent); } catch {
    getSelection().selectAllChildren(code);
    document.execCommand("copy");
  }
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
});
`;
