# graphc_add_model(target model.pt2
#                  [NAME prefix] [TARGET cpu] [THREADS n] [OPTIONS ...])
#
# Compiles `model.pt2`, or any other input of graphc, when it changes and adds
# the object to `target`, which then finds the header `<prefix>.h`. `prefix` is
# the file's name without extension unless given. Without a target of that name
# a static library is made. The code uses one thread unless THREADS says
# otherwise; then it is linked with OpenMP.
function(graphc_add_model target model)
  cmake_parse_arguments(arg "" "NAME;TARGET;THREADS" "OPTIONS" ${ARGN})
  get_filename_component(model ${model} ABSOLUTE)
  if(NOT arg_NAME)
    get_filename_component(arg_NAME ${model} NAME_WE)
  endif()
  if(NOT DEFINED arg_THREADS)
    set(arg_THREADS 1)
  endif()
  set(options --threads=${arg_THREADS} ${arg_OPTIONS})
  if(arg_TARGET)
    list(APPEND options --target=${arg_TARGET})
  endif()

  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}.models)
  set(object ${folder}/${arg_NAME}.o)
  set(header ${folder}/${arg_NAME}.h)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(OUTPUT ${object} ${header}
    COMMAND graphc::graphc ${model} -o ${object} ${options}
    DEPENDS ${model} graphc::graphc
    COMMENT "Compiling ${arg_NAME}"
    VERBATIM)
  set_source_files_properties(${object} PROPERTIES
    EXTERNAL_OBJECT ON GENERATED ON)

  if(NOT TARGET ${target})
    add_library(${target} STATIC ${object} ${header})
    set_target_properties(${target} PROPERTIES LINKER_LANGUAGE C)
  else()
    target_sources(${target} PRIVATE ${object} ${header})
  endif()
  target_include_directories(${target} PUBLIC ${folder})
  target_link_libraries(${target} PUBLIC m)
  if(NOT arg_THREADS EQUAL 1)
    target_link_libraries(${target} PUBLIC ${GRAPHC_OPENMP_LIBRARY})
  endif()
endfunction()
