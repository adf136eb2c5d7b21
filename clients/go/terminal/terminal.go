// Package terminal is where everything goes that others wrote: texts of models, names, errors of servers.
//
// A terminal obeys what is written to it: it could move the cursor over what was there, set the clipboard, and show
// text in another order than it was written in.
package terminal

import (
	"fmt"
	"os"
	"strings"
	"unicode/utf8"
)

// Show writes a text: to a terminal as Printable, and byte for byte elsewhere.
func Show(file *os.File, text string) error {
	if info, err := file.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		text = Printable(text)
	}
	_, err := file.WriteString(text)
	return err
}

// Printable returns the text with what a terminal would obey, and what is not UTF-8, as visible text, such as \x1b
// for ESC. Each text is taken for itself: what is split between two is not UTF-8 in either.
func Printable(text string) string {
	var shown strings.Builder
	for len(text) > 0 {
		char, size := utf8.DecodeRuneInString(text)
		switch {
		case char == utf8.RuneError && size == 1:
			fmt.Fprintf(&shown, `\x%02x`, text[0])
		case !isActive(char):
			shown.WriteRune(char)
		case char < 0x80:
			fmt.Fprintf(&shown, `\x%02x`, char)
		default:
			fmt.Fprintf(&shown, `\u%04x`, char)
		}
		text = text[size:]
	}
	return shown.String()
}

// C0 but tab and line feed, DEL, C1; marks, overrides and isolates of the direction; line and paragraph separators.
func isActive(char rune) bool {
	return char < 0x20 && char != '\t' && char != '\n' ||
		char >= 0x7f && char <= 0x9f ||
		char == 0x61c || char == 0x200e || char == 0x200f ||
		char >= 0x2028 && char <= 0x202e ||
		char >= 0x2066 && char <= 0x2069
}
