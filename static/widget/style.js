// The build puts the text of widget.css here.
export const css = '__AFTERWORD_CSS__';
