package table

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// spelled writes down the tokens of a part up to its end, or to where it is damaged.
func spelled(next func() (*token, error)) string {
	var b strings.Builder
	for {
		t, err := next()
		if err != nil {
			fmt.Fprintf(&b, "end: damaged %t\n", !errors.Is(err, io.EOF))
			return b.String()
		}
		switch t.kind {
		case aText:
			fmt.Fprintf(&b, "text %q\n", t.text)
		case aStart:
			fmt.Fprintf(&b, "start %q", t.name)
			for _, a := range t.attrs {
				fmt.Fprintf(&b, " %q=%q", a.name, a.value)
			}
			b.WriteByte('\n')
		case anEnd:
			fmt.Fprintf(&b, "end %q\n", t.name)
		}
	}
}

// agree compares what we read with what encoding/xml does, whatever the size of the
// buffer and of the reads.
func agree(t *testing.T, text string) {
	t.Helper()
	oracle := &markup{rest: xml.NewDecoder(strings.NewReader(text))}
	want := spelled(oracle.token)
	for what, m := range map[string]*markup{
		"whole":      newMarkup(strings.NewReader(text)),
		"by bytes":   newMarkup(iotest.OneByteReader(strings.NewReader(text))),
		"small":      {in: strings.NewReader(text), buf: make([]byte, 0, 24)},
		"end at end": newMarkup(iotest.DataErrReader(strings.NewReader(text))),
	} {
		if got := spelled(m.token); got != want {
			t.Errorf("%q, %s:\n%s\nencoding/xml has\n%s", text, what, got, want)
		}
	}
}

var markups = []string{
	"", "<", "<a", "<a>", "<a/>", "</a>", "text", "<a>text", "a < b", "<a b", `<a b="`, `<a b="c`, `<a b="c"`, `<a b="c"/`, "<a/b>", "</a", "< a>", "<>", "</>",
	"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n<worksheet xmlns=\"x\" xmlns:r=\"y\"><sheetData><row r=\"1\" spans=\"1:2\"><c r=\"A1\" s=\"3\"><v>1.5</v></c><c r=\"B1\" t=\"inlineStr\"><is><t xml:space=\"preserve\"> å &amp; b </t></is></c></row></sheetData></worksheet>",
	`<?xml version="1.0" encoding="ISO-8859-1"?><a/>`, `<?xml version="1.1"?><a/>`, `<?xml version='1.0'?><a/>`, `<a/><?xml version="1.0"?>`, "<?x y?><a/>",
	"\ufeff<a/>", "<a>&lt;&gt;&quot;&apos;&#10;&#xA;&#65;&#x1F600;</a>", "<a>&nbsp;</a>", "<a>&amp</a>", "<a>&#0;</a>", "<a>&#xD800;</a>", "<a>&#13;</a>",
	"<a>1\r\n2\r3\n4\r</a>", "<a b=\"1\r\n2\t3\n\"/>", "<a>]]></a>", "<a><![CDATA[<b>]]></a><c>1</c>", "<a><!-- <b> --></a><c/>", "<!DOCTYPE a><a/>",
	"<a>\x01</a>", "<a>\xff</a>", "<a>\ufffe</a>", `<a b='c'/>`, "<a b=c/>", `<a b = "c"/>`, `<a b="c"d="e"/>`, `<a b="<"/>`, `<a b=">"/>`, `<a b="&amp;'"/>`,
	"<x:a/>", "<x:y:a/>", "<:a/>", "<a:/>", "<1a/>", "<-a/>", "<a.b-c_1/>", "<å/>", "<aå/>", "</x:a >", `<a x:b="c" x:="d"/>`, `<a  b="c"  />`, "<a/ >", "<a\n/>", "<a></a>b<c/>",
}

// TestMarkupAgreesWithXML: what encoding/xml reads and refuses.
func TestMarkupAgreesWithXML(t *testing.T) {
	for _, text := range markups {
		agree(t, text)
		agree(t, "<row>"+text+"</row><row/>")
	}
}

// FuzzMarkup: no text is read otherwise than encoding/xml reads it.
func FuzzMarkup(f *testing.F) {
	for _, text := range markups {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { agree(t, text) })
}
