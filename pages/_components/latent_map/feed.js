// Stores large data in the window, where maps find them by an id that changes with the data.

// The picture is decoded at once, while the rest of the answer is still being sent.
const decode = async (png) => {
  const blob = await (await fetch(`data:image/png;base64,${png}`)).blob();
  return createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
};

function mount({ data, parentElement }) {
  const feeds = (window.vaeLabFeeds ??= new Map());
  const release = () => {
    const { fed } = parentElement;
    // Another feed may have stored the same data since: those stay.
    if (fed && feeds.get(fed.id) === fed) feeds.delete(fed.id);
  };
  if (parentElement.fed?.id !== data.id) {
    release();
    const { png, ...rest } = data;
    parentElement.fed = png ? { ...rest, bitmap: decode(png) } : rest;
  }
  feeds.set(data.id, parentElement.fed);
  dispatchEvent(new Event("vae-lab-feed"));
  return release;
}
