# Writes the page's files into OUTPUT as literals: FOLDER/index.html,
# FOLDER/style.css and, one behind the other, FOLDER/<name>.js of SCRIPTS.
set(code "namespace graphc::report {\n")
function(embed name)
  set(text "")
  foreach(file ${ARGN})
    file(READ ${FOLDER}/${file} content)
    string(APPEND text "${content}")
  endforeach()
  set(code "${code}extern const char ${name}[];
const char ${name}[] = R\"~page(${text})~page\";\n" PARENT_SCOPE)
endfunction()
string(REPLACE " " ";" scripts "${SCRIPTS}")
list(TRANSFORM scripts APPEND .js)
embed(pageHtml index.html)
embed(pageStyle style.css)
embed(pageScript ${scripts})
file(WRITE ${OUTPUT} "${code}} // namespace graphc::report\n")
