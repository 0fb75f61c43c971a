# Writes a header that changes with the file INPUT.
file(SHA256 ${INPUT} digest)
file(WRITE ${OUTPUT} "static constexpr char digest[] = \"${digest}\";\n")
