package importers

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

const contentTypes = "[Content_Types].xml"

// maxRepacked bounds one part of a workbook that is written anew.
const maxRepacked = 64 << 20

// repack writes a workbook once more, so that its bytes depend on its content
// alone: the parts by name, the list of content types sorted, no times. excelize
// gives a random order to both.
func repack(to io.Writer, book []byte) error {
	from, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		return fmt.Errorf("reading the workbook: %w", err)
	}
	slices.SortFunc(from.File, func(a, b *zip.File) int {
		return cmp.Or(after(a.Name)-after(b.Name), cmp.Compare(a.Name, b.Name))
	})
	out := zip.NewWriter(to)
	for _, p := range from.File {
		if err := repackPart(out, p); err != nil {
			return fmt.Errorf("writing part %s of the workbook: %w", p.Name, err)
		}
	}
	return out.Close()
}

// after puts the list of content types first.
func after(part string) int {
	if part == contentTypes {
		return 0
	}
	return 1
}

func repackPart(out *zip.Writer, p *zip.File) error {
	r, err := p.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	body, err := io.ReadAll(io.LimitReader(r, maxRepacked+1))
	if err == nil && len(body) > maxRepacked {
		err = fmt.Errorf("it is longer than %d MiB", maxRepacked>>20)
	}
	if err != nil {
		return err
	}
	if p.Name == contentTypes {
		body = sortedTypes(body)
	}
	w, err := out.CreateHeader(&zip.FileHeader{Name: p.Name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	_, err = w.Write(body)
	return err
}

var contentType = regexp.MustCompile(`<(?:Default|Override) [^>]*?(?:/>|></(?:Default|Override)>)`)

// sortedTypes sorts the entries of the list of content types, whose order says nothing.
func sortedTypes(body []byte) []byte {
	entries := contentType.FindAllString(string(body), -1)
	if len(entries) == 0 {
		return body
	}
	head := body[:contentType.FindIndex(body)[0]]
	slices.Sort(entries)
	return append(slices.Clone(head), strings.Join(entries, "")+"</Types>"...)
}
