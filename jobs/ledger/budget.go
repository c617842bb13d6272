package ledger

// What a ledger holds in memory at most, apart from a page (64 KiB) for each
// segment that is being read and the book of the group in hand.
const (
	// sortMemory is what the sorters of an import take together while a file is
	// read: three eighths for rows that are compared with those on the books, a quarter
	// for their orders, half for new rows on their way to a segment, up to eight times
	// that where they are many (see rowShelver); and, while the run is compared at
	// last, as much for rows with ids and for new requests.
	sortMemory = 16 << 20
)
