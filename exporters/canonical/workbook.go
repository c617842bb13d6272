// Package canonical owns one thing: a workbook as the library writes it is written
// once more, so that its bytes depend on its content alone. It knows nothing of
// what is in it and stands below exporters and importers, which both write
// workbooks and do not know each other.
package canonical

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"
)

// contentTypes is the part of a workbook that lists the others; it comes first.
const contentTypes = "[Content_Types].xml"

// Workbook writes a workbook once more, so that its bytes depend on its
// content alone: the parts by name, the list of content types sorted, no times.
// excelize gives a random order to both. rows, by the name of a sheet's part,
// are that sheet's rows, which are too many to have been in memory. A part that is
// held whole and longer than 64 MiB is an error.
func Workbook(to io.Writer, book []byte, rows map[string]io.WriterTo) error {
	from, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		return fmt.Errorf("reading the workbook: %w", err)
	}
	parts := slices.Clone(from.File)
	slices.SortFunc(parts, func(a, b *zip.File) int {
		return cmp.Or(after(a.Name)-after(b.Name), strings.Compare(a.Name, b.Name))
	})
	deflate, err := flate.NewWriter(nil, flate.DefaultCompression)
	if err != nil {
		return err
	}
	out := zip.NewWriter(to)
	// One compressor serves all parts, one after the other: it is large.
	out.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		deflate.Reset(w)
		return deflate, nil
	})
	for _, p := range parts {
		if err := rewritePart(out, p, rows[p.Name]); err != nil {
			return fmt.Errorf("writing the workbook's part %s: %w", p.Name, err)
		}
	}
	return out.Close()
}

func after(part string) int {
	if part == contentTypes {
		return 0
	}
	return 1
}

// maxPart bounds a part that is held whole: all but rows, which are streamed.
const maxPart = 64 << 20

func rewritePart(out *zip.Writer, p *zip.File, rows io.WriterTo) error {
	r, err := p.Open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	body, err := io.ReadAll(io.LimitReader(r, maxPart+1))
	if err == nil && len(body) > maxPart {
		err = fmt.Errorf("it is longer than %d MiB", maxPart>>20)
	}
	if err != nil {
		return err
	}
	w, err := out.CreateHeader(&zip.FileHeader{Name: p.Name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	if p.Name == contentTypes {
		body = sortedContentTypes(body)
	}
	if rows == nil {
		_, err = w.Write(body)
		return err
	}
	head, tail, ok := bytes.Cut(body, []byte("<sheetData></sheetData>"))
	if !ok {
		return errors.New("it has rows of its own")
	}
	for _, piece := range []io.WriterTo{
		bytes.NewReader(head), strings.NewReader("<sheetData>"), rows, strings.NewReader("</sheetData>"), bytes.NewReader(tail),
	} {
		if _, err := piece.WriteTo(w); err != nil {
			return err
		}
	}
	return nil
}

var contentType = regexp.MustCompile(`<(?:Default|Override) [^>]*?(?:/>|></(?:Default|Override)>)`)

// sortedContentTypes sorts the entries, whose order says nothing.
func sortedContentTypes(body []byte) []byte {
	at := contentType.FindAllIndex(body, -1)
	if at == nil {
		return body
	}
	entries := contentType.FindAll(body, -1)
	slices.SortFunc(entries, bytes.Compare)
	sorted := append([]byte(nil), body[:at[0][0]]...)
	sorted = append(sorted, bytes.Join(entries, nil)...)
	return append(sorted, body[at[len(at)-1][1]:]...)
}
