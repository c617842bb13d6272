package table

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"
)

// workbook is an open XLSX file. It is read here, part by part, and not by
// excelize: that returns a cell's text without its type, so that the number
// 1.234 and the text 1.234 could not be told apart (IMP-7), and it takes ten
// times as long. excelize is what the tests compare with.
type workbook struct {
	parts   map[string]*zip.File // by partName
	sheets  []sheetEntry
	shared  texts
	struck  map[int]bool // shared texts of which a part is struck through
	styles  []style
	epoch04 bool
	kept    int // bytes of cells so far
	left    int // bytes that may still be unpacked
	// spread counts cells up to the last of each row, rows up to the last of each sheet,
	// texts, and each area of merged cells, and row without a number, as often as there
	// are such before it: the library compares and moves those.
	spread int
}

type sheetEntry struct {
	name, part string
	hidden     bool
}

// unreadable is a Problem on its way out of a parser.
type unreadable struct{ Problem }

func (u *unreadable) Error() string { return u.Code }

func bad(value string) error {
	return &unreadable{Problem{"BadContainer", cutValue(value), "an .xlsx workbook", "open it in a spreadsheet program and save it again as .xlsx"}}
}

func cutValue(s string) string { return s[:min(len(s), 200)] }

// openWorkbook reads every sheet of a workbook.
func openWorkbook(r io.ReaderAt, size int64, score Score) ([]Table, *Problem, error) {
	w := &workbook{struck: map[int]bool{}, left: MaxUnpacked}
	tables, err := w.read(r, size, score)
	var u *unreadable
	if errors.As(err, &u) {
		return nil, &u.Problem, nil
	}
	return tables, nil, err
}

func (w *workbook) read(r io.ReaderAt, size int64, score Score) ([]Table, error) {
	if !directoryFits(r, size) {
		return nil, bad("a damaged zip file, or one of too many parts")
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, bad("a damaged zip file")
	}
	z.RegisterDecompressor(zip.Deflate, func(r io.Reader) io.ReadCloser { return flate.NewReader(r) }) // twice as fast as the standard one
	w.parts = make(map[string]*zip.File, len(z.File))
	for _, f := range z.File {
		name := partName(f.Name)
		if _, twice := w.parts[name]; twice {
			return nil, bad("two parts of one name: " + f.Name)
		}
		w.parts[name] = f
	}
	if p := w.otherPackage(z.File); p != nil {
		return nil, &unreadable{*p}
	}
	if err := w.index(); err != nil {
		return nil, err
	}
	var tables []Table
	for _, s := range w.sheets {
		found, err := w.sheet(s, score)
		if err != nil {
			return nil, err
		}
		tables = append(tables, found...)
	}
	for i := range tables {
		tables[i].Spread = w.spread + w.shared.n
	}
	return tables, nil
}

// maxDirectory is the longest list of parts, in bytes: enough for ten thousand.
const maxDirectory = 1 << 20

// directoryFits looks at the record at the end of a zip file for how long its list
// of parts is: the zip reader takes what there is, and hostile files have millions.
func directoryFits(r io.ReaderAt, size int64) bool {
	const record = 22 // bytes, before a comment of at most 64 KiB
	tail := make([]byte, min(size, record+1<<16))
	if err := readFull(r, tail, size-int64(len(tail))); err != nil {
		return false
	}
	i := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if i < 0 || i+record > len(tail) {
		return false
	}
	at := size - int64(len(tail)) + int64(i)
	length := int64(binary.LittleEndian.Uint32(tail[i+12:]))
	start := int64(binary.LittleEndian.Uint32(tail[i+16:]))
	return length <= maxDirectory && start <= at && at-start <= maxDirectory
}

// index finds the sheets, the shared strings and the styles.
func (w *workbook) index() error {
	main, err := w.related("_rels/.rels", "", "officeDocument")
	if err != nil {
		return err
	}
	if len(main) != 1 {
		return bad("a zip file without a workbook in it")
	}
	book := main[0].part
	rels := path.Join(path.Dir(book), "_rels", path.Base(book)+".rels")
	links, err := w.related(rels, path.Dir(book), "")
	if err != nil {
		return err
	}
	if err := w.listSheets(book, links); err != nil {
		return err
	}
	there := map[string]bool{}
	for _, l := range links {
		kind := path.Base(l.kind)
		switch {
		case kind != "sharedStrings" && kind != "styles":
			continue
		case there[kind]:
			return bad("a second list of " + kind)
		case kind == "sharedStrings":
			err = w.readShared(l.part)
		default:
			err = w.readStyles(l.part)
		}
		if there[kind] = true; err != nil {
			return err
		}
	}
	return nil
}

// partName is the name by which a part is found: case says nothing in it, and some
// programs of Windows write it with its separator.
func partName(s string) string { return strings.ToLower(strings.ReplaceAll(s, `\`, "/")) }

type link struct{ id, kind, part string }

// maxLinks is how many parts a workbook may name, and how many sheets of any kind.
const maxLinks = 10_000

// related returns the links of a .rels part, those of one kind or all.
func (w *workbook) related(part, dir, kind string) ([]link, error) {
	var out []link
	err := w.each(part, func(_ *markup, e *token) error {
		if string(e.name) != "Relationship" || strings.EqualFold(attr(e, "TargetMode"), "External") {
			return nil
		}
		target := partName(attr(e, "Target"))
		if strings.HasPrefix(target, "/") {
			target = target[1:]
		} else {
			target = path.Join(dir, target)
		}
		if l := (link{attr(e, "Id"), attr(e, "Type"), target}); kind == "" || strings.HasSuffix(l.kind, "/"+kind) {
			out = append(out, l)
		}
		if len(out) > maxLinks {
			return bad("a workbook of too many parts")
		}
		return nil
	})
	return out, err
}

func (w *workbook) listSheets(book string, links []link) error {
	named := 0
	return w.each(book, func(_ *markup, e *token) error {
		switch string(e.name) {
		case "workbookPr":
			w.epoch04 = truth(attr(e, "date1904"))
		case "sheet":
			if named++; named > maxLinks {
				return bad("a workbook of too many sheets")
			}
			id, name, state := attr(e, "id"), attr(e, "name"), attr(e, "state")
			if id == "" { // a module of macros in a workbook of the last century
				return nil
			}
			i := slices.IndexFunc(links, func(l link) bool { return l.id == id })
			if i < 0 {
				return bad("a sheet without its part: " + name)
			}
			if !strings.HasSuffix(links[i].kind, "/worksheet") { // a chart
				return nil
			}
			if slices.ContainsFunc(w.sheets, func(s sheetEntry) bool { return s.part == links[i].part }) {
				return bad("a part that is two sheets: " + name)
			}
			w.sheets = append(w.sheets, sheetEntry{name, links[i].part, state == "hidden" || state == "veryHidden"})
			if len(w.sheets) > MaxSheets {
				return &unreadable{Problem{"TooManySheets", "", "at most 100 sheets in a workbook", "split the workbook"}}
			}
		}
		return nil
	})
}

func (w *workbook) readShared(part string) error {
	err := w.each(part, func(d *markup, e *token) error {
		switch string(e.name) {
		case "si":
		case "sst", "extLst", "ext":
			return nil
		default:
			return bad("what is no shared string among them: " + string(e.name))
		}
		s, ok := d.quickShared()
		if !ok {
			var err error
			if s, err = richText(d); err != nil {
				return err
			}
			if d.struck {
				w.struck[w.shared.n] = true
			}
		}
		s = unescaped(s)
		w.shared.add(s)
		return w.keep(len(s) + 8)
	})
	w.shared.seal()
	return err
}

// keep counts what is kept of the file.
func (w *workbook) keep(n int) error {
	if w.kept += n; w.kept > MaxKept {
		return &unreadable{Problem{"FileTooLarge", "", "at most 256 MiB of cells", "split the workbook"}}
	}
	return nil
}

// each calls f for every start element of a part, which may read on.
func (w *workbook) each(part string, f func(*markup, *token) error) error {
	d, closer, err := w.open(part)
	if err != nil {
		return err
	}
	defer closer.Close()
	for {
		t, err := d.next()
		if isEOF(err) {
			return nil
		}
		if err != nil {
			return badXML(part, err)
		}
		if t.kind == aStart {
			if err := f(d, t); err != nil {
				return badXML(part, err)
			}
		}
	}
}

func badXML(part string, err error) error {
	var u *unreadable
	if errors.As(err, &u) {
		return err
	}
	return bad("part " + part + " is damaged")
}

func (w *workbook) open(part string) (*markup, io.Closer, error) {
	f := w.parts[part]
	if f == nil {
		return nil, nil, bad("part " + part + " is missing")
	}
	limit := MaxUnzipped
	if slices.ContainsFunc(w.sheets, func(s sheetEntry) bool { return s.part == part }) {
		limit = w.left
	}
	if n := f.UncompressedSize64; n > uint64(limit) || n > 16<<20 && n/MaxUnpacking > f.CompressedSize64 {
		return nil, nil, tooMuch()
	}
	r, err := f.Open()
	if err != nil {
		return nil, nil, bad("part " + part + " cannot be unpacked")
	}
	if f.UncompressedSize64 > 4*aheadLength {
		r = newAhead(r)
	}
	return newMarkup(&unpacked{in: r, left: limit, all: &w.left}), r, nil
}

func tooMuch() error {
	return &unreadable{Problem{"FileTooLarge", "", "at most 4 GiB unpacked, 256 MiB of a part that is no sheet, and 200 times the packed size", "split the workbook"}}
}

// unpacked bounds what comes out of a part, and the length of a piece of it
// without markup, which the XML decoder would gather in memory.
type unpacked struct {
	in    io.Reader
	left  int
	all   *int // that is left for the whole workbook
	piece int
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.in.Read(p)
	*u.all -= n
	if u.left -= n; u.left < 0 || *u.all < 0 {
		return 0, tooMuch()
	}
	if i := bytes.LastIndexByte(p[:n], '>'); i >= 0 {
		u.piece = n - i
	} else {
		u.piece += n
	}
	if u.piece > longest {
		return 0, bad("a cell too long")
	}
	return n, err
}

func truth(s string) bool { return s == "1" || s == "true" || s == "on" }
