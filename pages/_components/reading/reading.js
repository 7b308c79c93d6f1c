// Keeps what was read in a cookie, where the server finds it when the page is opened again, and
// scrolls to the top when another chapter is opened: Streamlit leaves the page where it was.

const NAME = "vae_read";
const YEAR = 365 * 24 * 3600;

function mount({ data, parentElement }) {
  const marks = (parentElement.marks ??= { opened: data.opened });
  if (marks.opened !== data.opened) {
    marks.opened = data.opened;
    document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  }
  if (!data.read) return;
  // Another tab may have read others.
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${NAME}=`));
  const read = new Set([...(found?.slice(NAME.length + 1).split(".") ?? []), ...data.read.split(".")]);
  const scope =
    location.protocol === "https:" ? "SameSite=None; Secure; Partitioned" : "SameSite=Lax";
  document.cookie = `${NAME}=${[...read].join(".")}; Path=/; Max-Age=${YEAR}; ${scope}`;
}
