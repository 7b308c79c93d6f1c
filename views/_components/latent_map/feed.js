// Leaves bulky data where maps find them, under an id that changes with them.

export default function ({ data, parentElement }) {
  const feeds = (window.vaeLabFeeds ??= new Map());
  const letGo = () => {
    const { fed } = parentElement;
    // Another feed may have brought the same since: that one stays.
    if (fed && feeds.get(fed.id) === fed) feeds.delete(fed.id);
  };
  if (parentElement.fed?.id !== data.id) letGo();
  parentElement.fed = data;
  feeds.set(data.id, data);
  dispatchEvent(new Event("vae-lab-feed"));
  return letGo;
}
