package terminal

import (
	"os"
	"testing"
)

func TestATerminalIsNotToldWhatToDo(t *testing.T) {
	for text, shown := range map[string]string{
		"Grüße\t😀\n":                     "Grüße\t😀\n",
		"a\x1b[2J\x07\rb\x7f":            `a\x1b[2J\x07\x0db\x7f`,
		"\u009b2J":                       `\u009b2J`,
		"\u202e\u2066\u200f\u061c\u2028": `\u202e\u2066\u200f\u061c\u2028`,
		"\x9b\xff\xed\xa0\x80":           `\x9b\xff\xed\xa0\x80`,
		"\xc2":                           `\xc2`,
		"\ufffd":                         "\ufffd",
	} {
		if got := Printable(text); got != shown {
			t.Errorf("%q is shown as %q, not %q", text, got, shown)
		}
	}
}

func TestAFileGetsEveryByte(t *testing.T) {
	const text = "a\x1b[2J\r\u009b\xff"
	path := t.TempDir() + "/text"
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := Show(file, text); err != nil {
		t.Fatal(err)
	}
	file.Close()
	if got, _ := os.ReadFile(path); string(got) != text {
		t.Errorf("the file has %q", got)
	}
}
