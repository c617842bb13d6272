package importers

import (
	"slices"
	"strings"
	"unicode"

	"prorata/importers/table"
)

// The identifiers of orders, reservations and accounts are written differently by
// files, interfaces and the portal, and name one thing whatever the writing (IMP-10).

// orderID is the reservation order that a text names: its GUID, alone, in braces, or in
// a resource path, /providers/Microsoft.Capacity/reservationOrders/GUID/reservations/GUID.
func orderID(s string) string { return canonicalID(inPath(s, "reservationOrders")) }

// reservationID is the reservation that a text names, as orderID is the order.
func reservationID(s string) string { return canonicalID(inPath(s, "reservations")) }

// accountID is the account that a person's text names: the last segment of a path, or all of
// what it says, for an id of the house may have a slash in it.
func accountID(s string) string {
	if strings.HasPrefix(s, "/") {
		return vendorAccountID(s)
	}
	return canonicalID(s)
}

// vendorAccountID is the account that an export names: its last path segment (IMP-1).
func vendorAccountID(s string) string {
	if name := s[strings.LastIndexByte(s, '/')+1:]; name != "" {
		s = name
	}
	return canonicalID(s)
}

// Identifier is the id of an order or an account that a person names, as the files that
// were read have it (IMP-10).
func Identifier(s string) string {
	return accountID(inPath(strings.TrimSpace(s), "reservationOrders"))
}

// inPath is the GUID that stands behind a collection in a resource path. What is no
// such path stays as it is.
func inPath(s, collection string) string {
	if len(s) <= len(collection)+36 { // most are a GUID alone, and a bulk file has a million
		return s
	}
	segments := strings.Split(s, "/")
	for i, name := range segments[1:] {
		if strings.EqualFold(segments[i], collection) && isGUID(name) {
			return name
		}
	}
	return s
}

// isNothing reports whether a text names nothing: it has no letter and no digit but
// zeros, or is a word for it.
func isNothing(s string) bool {
	for i := range len(s) {
		if s[i] >= '1' && s[i] <= '9' {
			return false // as nearly all that is read
		}
	}
	return s != "" && (!strings.ContainsFunc(s, unicode.IsLetter) || len(s) <= 10 && slices.Contains(nothings, bareWord(s)))
}

// isNone reports whether a text says that there is nothing: a dash, the 0 that a formula
// returns for an empty cell, or a word. What says that something is not known is no such text.
func isNone(s string) bool {
	return s != "" && len(s) <= 6 && (s == "0" || table.IsDash(s) || slices.Contains(nones, bareWord(s)))
}

// nones is what people write where there is nothing to name, and nothings, too, where
// they do not know it.
var (
	nones    = []string{"n/a", "none", "null", "ingen", "keine"}
	nothings = append([]string{"tbd", "unknown", "saknas", "okänd", "okänt", "unbekannt", "fehlt"}, nones...)
)

// canonicalID writes an id in plain characters, a GUID in lower case and without
// braces.
func canonicalID(s string) string {
	if len(s) != 36 {
		s = table.Plain(s)
	}
	if len(s) == 38 && s[0] == '{' && s[37] == '}' && isGUID(s[1:37]) {
		s = s[1:37]
	}
	if len(s) == 36 && hasUpper(s) && isGUID(s) {
		return strings.ToLower(s)
	}
	return s
}

// hasUpper reports whether an ASCII text may have a capital: most have none, and
// a bulk file has a million.
func hasUpper[T string | []byte](s T) bool {
	for i := 0; i < len(s); i++ {
		if s[i]&0x60 == 0x40 {
			return true
		}
	}
	return false
}

func isGUID[T string | []byte](s T) bool {
	if len(s) != 36 {
		return false
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case c >= '0' && c <= '9', c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
		default:
			return false
		}
	}
	return true
}
