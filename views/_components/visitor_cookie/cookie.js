// Keeps this browser's secret in a cookie, so that its runs are found again after a reload. Of two
// tabs that open at the same moment the one that was first decides for both.

const NAME = "vae_visitor";
const YEAR = 365 * 24 * 3600;

export default function ({ data, setStateValue }) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${NAME}=`));
  const secret = found?.slice(NAME.length + 1);
  if (/^[0-9a-f]{32}$/.test(secret ?? "")) {
    if (secret !== data.secret) setStateValue("secret", secret);
    return;
  }
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${NAME}=${data.secret}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
}
