package table

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"strings"
)

// Files that are neither text nor an .xlsx workbook are refused with what they are
// and what to do: people send what their programs save.

func foreign(is, fix string) *Problem {
	return &Problem{"BadContainer", is, "a CSV file, an .xlsx workbook or JSON", fix}
}

// otherContainer recognises such files by how they begin.
func otherContainer(r io.ReaderAt, size int64, head []byte) (*Problem, error) {
	if bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")) {
		return oldContainer(r, size)
	}
	if bytes.HasPrefix(head, []byte(unreadMark[:8])) {
		return readNote(r, size)
	}
	for _, c := range []struct{ magic, is, fix string }{
		{"%PDF", "a PDF document", "send the CSV file or the workbook it was made of"},
		{"\x1f\x8b", "a packed file (gzip)", "unpack it first"},
		{"7z\xbc\xaf", "a packed file (7z)", "unpack it first"},
		{"Rar!", "a packed file (rar)", "unpack it first"},
		{"<", "a web page or XML", "open it in a spreadsheet program and save it as .xlsx"},
	} {
		if bytes.HasPrefix(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), []byte(c.magic)) {
			return foreign(c.is, c.fix), nil
		}
	}
	return nil, nil
}

// oldContainer tells an old .xls workbook from one with a password, both of which
// lie in a compound file, by the first sector of its directory.
func oldContainer(r io.ReaderAt, size int64) (*Problem, error) {
	head := make([]byte, min(size, 76))
	if err := readFull(r, head, 0); err != nil {
		return nil, err
	}
	either := foreign("an old .xls workbook, or one with a password", "save it as .xlsx, without a password")
	if len(head) < 76 {
		return either, nil
	}
	sector := int64(1) << min(binary.LittleEndian.Uint16(head[30:]), 12)
	at := (int64(binary.LittleEndian.Uint32(head[48:])) + 1) * sector
	if at+sector > size {
		return either, nil
	}
	directory := make([]byte, sector)
	if err := readFull(r, directory, at); err != nil {
		return nil, err
	}
	has := func(stream string) bool { // names are UTF-16
		return bytes.Contains(directory, []byte(strings.Join(strings.Split(stream, ""), "\x00")))
	}
	switch {
	case has("EncryptedPackage"), has("EncryptionInfo"):
		return foreign("a workbook with a password", "open it and save it as .xlsx without a password"), nil
	case has("Workbook"), has("Book"):
		return foreign("an old .xls workbook", "open it and save it as .xlsx"), nil
	}
	return either, nil
}

// otherPackage recognises zip files that are no workbooks.
func (w *workbook) otherPackage(files []*zip.File) *Problem {
	switch {
	case w.parts["_rels/.rels"] != nil && w.parts["xl/workbook.bin"] != nil:
		return foreign("a binary .xlsb workbook", "open it and save it as .xlsx")
	case w.parts["_rels/.rels"] != nil && w.parts["word/document.xml"] != nil:
		return foreign("a Word document", "send the CSV file or the workbook that the table is from")
	case w.parts["_rels/.rels"] != nil:
		return nil
	case w.parts["mimetype"] != nil && w.parts["meta-inf/manifest.xml"] != nil:
		return foreign("an OpenDocument file (.ods)", "open it and save it as .xlsx")
	case w.parts["index/document.iwa"] != nil:
		return foreign("a Numbers document", "export it as .xlsx or CSV")
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name, "/") || !strings.HasPrefix(f.Name, "xl/") && !strings.HasPrefix(f.Name, "[Content") {
			return foreign("a packed file (zip)", "unpack it first")
		}
	}
	return nil
}
