// Stores large data in the window, where maps find them by an id that changes with the data.

// The picture is decoded at once, while the rest of the answer is still being sent.
const decode = (png) =>
  createImageBitmap(new Blob([png], { type: "image/png" }), {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
  });

// The length of a header as JSON, the header, and a picture, or none.
function read(bytes) {
  const end = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return [JSON.parse(new TextDecoder().decode(bytes.subarray(4, end))), bytes.subarray(end)];
}

function mount({ data, parentElement }) {
  const [header, png] = read(data);
  const feeds = (window.vaeLabFeeds ??= new Map());
  const release = () => {
    const { fed } = parentElement;
    // Another feed may have stored the same data since: those stay.
    if (fed && feeds.get(fed.id) === fed) feeds.delete(fed.id);
  };
  if (parentElement.fed?.id !== header.id) {
    release();
    parentElement.fed = png.length ? { ...header, bitmap: decode(png) } : header;
  }
  feeds.set(header.id, parentElement.fed);
  dispatchEvent(new Event("vae-lab-feed"));
  return release;
}
