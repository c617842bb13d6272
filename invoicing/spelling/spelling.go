// Package spelling says which of the names that there are a person most likely
// meant, for messages about one that there is not.
//
// It owns the measure and nothing else: what to say, and whether a name is near
// enough to be a slip, is its callers'.
package spelling

import "strings"

// longest bounds what is compared: a longer text is no name, and the work grows
// with its length.
const longest = 100

// Nearest returns the name that goes on from s, in capitals or not, else the one that needs the
// fewest changes of a byte; the first of equals, and "" of no names.
func Nearest(s string, names []string) string {
	for _, name := range names {
		if s != "" && len(name) >= len(s) && strings.EqualFold(name[:len(s)], s) {
			return name
		}
	}
	best, least := "", -1
	for _, name := range names {
		if d := Distance(s, name); least < 0 || d < least {
			best, least = name, d
		}
	}
	return best
}

// Distance is that of Levenshtein: how many bytes have to be put in, left out or
// changed to make b of a. Only the first hundred bytes of each count.
func Distance(a, b string) int {
	a, b = a[:min(len(a), longest)], b[:min(len(b), longest)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
