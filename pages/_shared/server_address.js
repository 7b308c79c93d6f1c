// Streamlit looks for its server at /train before it looks at /, and waits a tenth of a second in
// between. It is where the scripts of the document are: at "./".
window.__streamlit = { BACKEND_BASE_URL: new URL("./", location.href).href, ...window.__streamlit };
