// Nothing: llama.cpp's library of chat templates is C++, which CLlamaChat alone includes. This
// target is there for its flags, which are none where the library is not installed.
