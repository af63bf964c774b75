// One style sheet for all elements of a page.

export const sheet = new CSSStyleSheet();
// The build puts the text of widget.css here.
sheet.replaceSync('__AFTERWORD_CSS__');
