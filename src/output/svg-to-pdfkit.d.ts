declare module "svg-to-pdfkit" {
  /** Draws an SVG on the page of a document. */
  export default function draw(
    doc: PDFKit.PDFDocument,
    svg: string,
    x: number,
    y: number,
    options: {
      readonly assumePt?: boolean;
      readonly fontCallback?: (family: string, bold: boolean, italic: boolean) => string;
    },
  ): void;
}
