// Keeps this browser's secret in a cookie, so that its runs are found again after a reload. Of two
// tabs that open at the same moment the one that was first decides for both.
//
// A page of another site that shows the app in a frame has cookies of its own for it, where they are
// partitioned (CHIPS); those need https. Where a browser keeps none the page hears of it.

const NAME = "vae_visitor";
const YEAR = 365 * 24 * 3600;

function mount({ data, setStateValue }) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${NAME}=`));
  const secret = found?.slice(NAME.length + 1);
  if (/^[0-9a-f]{32}$/.test(secret ?? "")) {
    if (secret !== data.secret) setStateValue("secret", secret);
    return;
  }
  const scope =
    location.protocol === "https:" ? "SameSite=None; Secure; Partitioned" : "SameSite=Lax";
  document.cookie = `${NAME}=${data.secret}; Path=/; Max-Age=${YEAR}; ${scope}`;
  if (!document.cookie.includes(`${NAME}=${data.secret}`)) setStateValue("refused", true);
}
