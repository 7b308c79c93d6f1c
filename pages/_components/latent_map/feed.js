// Leaves bulky data where maps find them, under an id that changes with them.

// A picture is decoded at once, while the rest of the answer is still on its way.
const decode = async (png) => {
  const blob = await (await fetch(`data:image/png;base64,${png}`)).blob();
  return createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
};

export default function ({ data, parentElement }) {
  const feeds = (window.vaeLabFeeds ??= new Map());
  const letGo = () => {
    const { fed } = parentElement;
    // Another feed may have brought the same since: that one stays.
    if (fed && feeds.get(fed.id) === fed) feeds.delete(fed.id);
  };
  if (parentElement.fed?.id !== data.id) {
    letGo();
    const { png, ...rest } = data;
    parentElement.fed = png ? { ...rest, bitmap: decode(png) } : rest;
  }
  feeds.set(data.id, parentElement.fed);
  dispatchEvent(new Event("vae-lab-feed"));
  return letGo;
}
