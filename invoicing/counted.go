package invoicing

import "strconv"

// Counted writes a number of things with their noun, and the verb where one follows:
// 1 row was, 2 rows were.
func Counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
