package importers

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// sheetLinks are the links of a sheet to other parts of its workbook.
type sheetLinks struct {
	XMLName xml.Name `xml:"http://schemas.openxmlformats.org/package/2006/relationships Relationships"`
	All     []struct {
		ID         string `xml:"Id,attr"`
		Type       string `xml:",attr"`
		Target     string `xml:",attr"`
		TargetMode string `xml:",attr,omitempty"`
	} `xml:"Relationship"`
}

// pairComments gives the parts that hold comments the names that the library takes
// them to have: the boxes of comments3.xml in vmlDrawing3.vml, numbers from 1 on.
// LibreOffice and others name them otherwise, and a comment that the library adds
// would be on another sheet, or on none.
func pairComments(f *excelize.File) error {
	var sheets, drawings []string
	f.Pkg.Range(func(key, _ any) bool {
		switch name := key.(string); {
		case strings.HasPrefix(name, "xl/worksheets/_rels/"):
			sheets = append(sheets, name)
		case path.Ext(name) == ".vml":
			drawings = append(drawings, name)
		}
		return true
	})
	slices.Sort(sheets)
	slices.Sort(drawings)
	links, names := make([]sheetLinks, len(sheets)), map[string]string{}
	n := 0
	for i, name := range sheets {
		if err := xml.Unmarshal(bodyOf(f, name), &links[i]); err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		comments, boxes := "", ""
		for _, l := range links[i].All {
			switch to := linked(l.Target); {
			case path.Base(l.Type) == "comments":
				comments = to
			case bytes.Contains(bodyOf(f, to), []byte(`ObjectType="Note"`)):
				boxes = to
			}
		}
		if comments != "" && boxes != "" {
			n++
			names[comments], names[boxes] = fmt.Sprintf("xl/comments%d.xml", n), fmt.Sprintf("xl/drawings/vmlDrawing%d.vml", n)
		}
	}
	for i, name := range drawings { // of buttons and pictures: behind those of comments, also of the ones to come
		if names[name] == "" {
			names[name] = fmt.Sprintf("xl/drawings/vmlDrawing%d.vml", n+f.SheetCount+i+1)
		}
	}
	for i, name := range sheets {
		for k := range links[i].All {
			if to := names[linked(links[i].All[k].Target)]; to != "" {
				links[i].All[k].Target = ".." + strings.TrimPrefix(to, "xl")
			}
		}
		body, err := xml.Marshal(&links[i])
		if err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
		f.Pkg.Store(name, body)
	}
	move(f, names)
	return nil
}

// move gives parts other names, with those that have their links, in the list of
// content types too.
func move(f *excelize.File, names map[string]string) {
	var listed []string
	bodies := map[string]any{}
	for from, to := range names {
		listed = append(listed, `"/`+from+`"`, `"/`+to+`"`)
		for from, to := range map[string]string{from: to, linksOf(from): linksOf(to)} {
			if body, ok := f.Pkg.LoadAndDelete(from); ok {
				bodies[to] = body
			}
		}
	}
	for name, body := range bodies {
		f.Pkg.Store(name, body)
	}
	const types = "[Content_Types].xml"
	f.Pkg.Store(types, []byte(strings.NewReplacer(listed...).Replace(string(bodyOf(f, types)))))
}

func bodyOf(f *excelize.File, part string) []byte {
	body, _ := f.Pkg.Load(part)
	text, _ := body.([]byte)
	return text
}

// linked is the part that a sheet's link goes to.
func linked(target string) string {
	if inside, ok := strings.CutPrefix(target, "/"); ok {
		return inside
	}
	return path.Join("xl/worksheets", target)
}

// linksOf is the part that has the links of another.
func linksOf(part string) string {
	return path.Join(path.Dir(part), "_rels", path.Base(part)+".rels")
}
