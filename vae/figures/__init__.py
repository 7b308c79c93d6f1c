"""Data in, a figure out: Plotly for pages, Matplotlib for papers."""
