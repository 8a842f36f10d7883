// Before the first paint, so that what stands in for scripts never shows.
document.documentElement.classList.add("js");
