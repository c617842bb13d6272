package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// columns is a table for a terminal. The last of its left columns and all before
// it are flush left, the others, which are numbers, flush right.
type columns struct {
	left int
	rows [][]string
}

func (c *columns) row(cells ...string) {
	for i := range cells {
		cells[i] = graphic(cells[i])
	}
	c.rows = append(c.rows, cells)
}

// graphic shows a text as it is, but for what a terminal would act on: the name of
// a file that was dropped may move its cursor.
func graphic(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return '?'
		}
		return r
	}, s)
}

// terminal writes lines of which each other text is shown so.
type terminal struct{ io.Writer }

// Write writes whole characters.
func (t terminal) Write(b []byte) (int, error) {
	lines := strings.Split(string(b), "\n")
	for i := range lines {
		lines[i] = graphic(lines[i])
	}
	_, err := io.WriteString(t.Writer, strings.Join(lines, "\n"))
	return len(b), err
}

func (c *columns) write(w io.Writer) error {
	var width []int
	for _, r := range c.rows {
		for i, cell := range r {
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	for _, r := range c.rows {
		var b strings.Builder
		for i, cell := range r {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if i > 0 {
				b.WriteString("  ")
			}
			if i < c.left {
				b.WriteString(cell + pad)
			} else {
				b.WriteString(pad + cell)
			}
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(b.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}
