//go:build long

package importers

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"
)

// rounds is how many files of a family are damaged: DAMAGED, or a few thousand.
func rounds() int {
	if n, err := strconv.Atoi(os.Getenv("DAMAGED")); err == nil {
		return n
	}
	return 4000
}

// seed is what the damage follows from: SEED, or always the same.
func seed() uint64 {
	n, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	if err != nil {
		return 1
	}
	return n
}

// survives fails where a damaged file reads as something that the whole one did not say.
func survives(t *testing.T, what string, want []string, bad []byte) (read int) {
	t.Helper()
	got := amounts(t, bad)
	for _, r := range got {
		if !slices.ContainsFunc(want, func(w string) bool { return w == r || said(w) == said(r) }) {
			nearest := slices.MaxFunc(want, func(a, b string) int { return alike(a, r) - alike(b, r) })
			n := max(0, alike(nearest, r)-20)
			t.Errorf("%s\n reads ...%s\n not   ...%s", what, r[n:], nearest[n:])
			return 0
		}
	}
	return len(got)
}

// alike is how long two texts are the same.
func alike(a, b string) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// said is what decides: without how the vendor made the amount (see pricing), and
// what of a text may as well belong there.
func said(line string) string {
	line, _, _ = strings.Cut(line, " Pricing=")
	return unmarked.Replace(line)
}

// differs is where a damaged text is not what it was.
func differs(whole, bad []byte) string {
	n := alike(string(whole), string(bad))
	from := max(0, n-30)
	return fmt.Sprintf("%d: %q -> %q", n, whole[from:min(len(whole), n+30)], bad[min(from, len(bad)):min(len(bad), n+30)])
}

// unmarked leaves out of texts what may as well belong there.
var unmarked = strings.NewReplacer(";", "", ",", "", `\n`, "", `\"`, "", " ", "")

// texts is a file of each kind, three rows of its example with other numbers, in the
// vendor's way and in the ways of people.
func texts(t *testing.T) map[string][]byte {
	files := damageable(t)
	for _, k := range Kinds() {
		if k == reservationDetails || k == exchangeRates {
			continue // their rows are added up, and taken apart
		}
		names, example := header(k, func(Column) bool { return true })
		rows := [][]string{names}
		for i := range 4 {
			row := slices.Clone(example)
			for c := range row {
				if k.Columns[c].Currency != "" && row[c] != "" {
					row[c] = fmt.Sprintf("%d%s", i+1, strings.TrimPrefix(row[c], "-"))
				}
			}
			rows = append(rows, row)
		}
		files[k.Name] = csvOf(t, rows...)
	}
	for i, template := range matrixFiles {
		for _, w := range eightLocales[:4] {
			files[fmt.Sprintf("matrix %d %s", i, w.name)] = w.file(t, template, ';')
		}
	}
	return files
}

// Text files damaged in their structure and in their encoding. What is damaged more
// than once may read as anything, and never panics or hangs.
func TestLongDamagedText(t *testing.T) {
	for name, file := range texts(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed(), 1))
			want := amounts(t, file)
			headerEnds := bytes.IndexByte(file, '\n')
			read := 0
			for n := range rounds() / 10 {
				bad := damage(rng, slices.Clone(file), headerEnds)
				if n%5 == 0 {
					bad = bad[:rng.IntN(len(bad))]
				}
				if inText(file, bad) {
					continue
				}
				read += survives(t, differs(file, bad), want, bad)
				for range n % 4 {
					if len(bad) < 2 {
						break
					}
					bad = damage(rng, bad, min(headerEnds, len(bad)-1))
				}
				_ = amounts(t, bad)
				read += survives(t, "UTF-16", want, damagedUTF16(t, rng, file, n%3))
			}
			t.Logf("%d rows were read of %d files", read, rounds()/10)
		})
	}
}

// inText reports whether a file was damaged within quotes, by what may as well stand there.
func inText(file, bad []byte) bool {
	n := alike(string(file), string(bad))
	return bytes.Count(file[:n], []byte{'"'})%2 == 1 && n < len(bad) && len(bad) >= len(file) && bad[n] != '"'
}

// damagedUTF16 is a text in UTF-16 without a byte, with one too many, or cut off.
func damagedUTF16(t *testing.T, rng *rand.Rand, file []byte, how int) []byte {
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes(file)
	if err != nil {
		t.Fatal(err)
	}
	switch i := rng.IntN(len(wide)); how {
	case 0:
		return slices.Delete(wide, i, i+1)
	case 1:
		return slices.Insert(wide, i, byte(rng.IntN(256)))
	default:
		return wide[:i]
	}
}

// books is workbooks of several programs.
func books(t *testing.T) map[string][]byte {
	files := map[string][]byte{"every kind": everyKind(t), "since 1904": since1904(t)}
	if program, err := exec.LookPath("soffice"); err == nil {
		o := office{program, t.TempDir()}
		for name, file := range o.save(t, "xlsx:Calc MS Excel 2007 XML", map[string][]byte{"kinds.xlsx": files["every kind"], "since1904.xlsx": files["since 1904"]}) {
			files["LibreOffice "+name] = file
		}
	}
	return files
}

// Workbooks with bytes of the zip file changed, cut off, or moved.
func TestLongDamagedZip(t *testing.T) {
	for name, file := range books(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed(), 2))
			want := amounts(t, file)
			read := 0
			for n := range rounds() {
				bad := slices.Clone(file)
				for range 1 + n%3 {
					switch i := rng.IntN(len(bad)); rng.IntN(5) {
					case 0:
						bad[i] ^= 1 << rng.IntN(8)
					case 1:
						bad[i] = byte(rng.IntN(256))
					case 2:
						bad = slices.Delete(bad, i, min(len(bad), i+1+rng.IntN(64)))
					case 3:
						bad[len(bad)-1-rng.IntN(min(len(bad), 2000))] ^= 1 << rng.IntN(8) // the directory
					default:
						bad = bad[:len(bad)-rng.IntN(min(len(bad), 100))]
					}
				}
				read += survives(t, fmt.Sprintf("zip %d", n), want, bad)
			}
			t.Logf("%d rows were read of %d files", read, rounds())
		})
	}
}

var tags = regexp.MustCompile(`<[^>]*>`)

// Workbooks whose XML is damaged and packed again, as no checksum tells: a byte of
// the markup, a tag, the end.
func TestLongDamagedMarkup(t *testing.T) {
	for name, file := range books(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed(), 3))
			want := amounts(t, file)
			parts := unpack(t, file)
			var names []string
			for part := range parts {
				if strings.HasSuffix(part, ".xml") || strings.HasSuffix(part, ".rels") {
					names = append(names, part)
				}
			}
			slices.Sort(names)
			read, failed := 0, 0
			for range rounds() {
				part := names[rng.IntN(len(names))]
				whole := parts[part]
				var how string
				parts[part], how = damageMarkup(rng, whole)
				bad := pack(t, parts)
				parts[part] = whole
				if n := survives(t, part+" "+how, want, bad); n > 0 {
					read += n
				} else if t.Failed() {
					if failed++; failed > 10 {
						t.FailNow()
					}
				}
			}
			t.Logf("%d rows were read of %d files", read, rounds())
		})
	}
}

// damageMarkup damages one tag, but for the values of its attributes.
func damageMarkup(rng *rand.Rand, part []byte) (bad []byte, how string) {
	all := tags.FindAllIndex(part, -1)
	if len(all) == 0 {
		return part, "nothing"
	}
	at := all[rng.IntN(len(all))]
	tag := string(part[at[0]:at[1]])
	var structure []int
	quoted := false
	for i := range tag {
		if tag[i] == '"' {
			quoted = !quoted
		} else if quoted {
			continue
		}
		structure = append(structure, i)
	}
	i := structure[rng.IntN(len(structure))]
	damaged := tag
	switch rng.IntN(6) {
	case 0:
		damaged = tag[:i] + tag[i+1:]
	case 1:
		damaged = tag[:i] + string(rune('!'+rng.IntN(94))) + tag[i+1:]
	case 2:
		damaged = tag[:i] + string(rune('!'+rng.IntN(94))) + tag[i:]
	case 3:
		damaged = ""
	case 4:
		damaged = tag + tag
	case 5:
		return slices.Clone(part[:at[0]+i]), "cut off at " + tag
	}
	how = fmt.Sprintf("%s -> %s", tag, damaged)
	return slices.Concat(part[:at[0]], []byte(damaged), part[at[1]:]), how
}

func unpack(t *testing.T, file []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if parts[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return parts
}

func pack(t *testing.T, parts map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, part := range parts {
		p, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The interfaces' JSON, damaged in its structure and in its names.
func TestLongDamagedJSON(t *testing.T) {
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range files {
		if !strings.HasSuffix(entry.Name(), ".json") {
			continue
		}
		file, err := os.ReadFile("testdata/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		t.Run(entry.Name(), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed(), 4))
			want := amounts(t, file)
			var marks []int
			quoted := false
			for i, c := range file {
				if c == '"' {
					quoted = !quoted
					marks = append(marks, i)
				} else if !quoted && strings.IndexByte("{}[],:", c) >= 0 {
					marks = append(marks, i)
				}
			}
			keys := regexp.MustCompile(`"[^"]*"\s*:`).FindAllIndex(file, -1)
			read := 0
			for range rounds() {
				bad := slices.Clone(file)
				switch i := marks[rng.IntN(len(marks))]; rng.IntN(6) {
				case 0:
					bad = slices.Delete(bad, i, i+1)
				case 1:
					bad[i] = byte('!' + rng.IntN(94))
				case 2:
					bad = slices.Insert(bad, i, file[marks[rng.IntN(len(marks))]])
				case 3:
					bad = bad[:rng.IntN(len(bad))]
				case 4:
					k := keys[rng.IntN(len(keys))]
					bad[k[0]+1+rng.IntN(max(1, k[1]-k[0]-3))] ^= 1 << rng.IntN(5)
				default:
					bad[rng.IntN(len(bad))] = []byte{0, 0x81, 0xff}[rng.IntN(3)]
				}
				if !inText(file, bad) {
					read += survives(t, differs(file, bad), want, bad)
				}
			}
			t.Logf("%d rows were read of %d files", read, rounds())
		})
	}
}
