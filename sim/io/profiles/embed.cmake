# Writes OUT: a C++ source with each profile of FOLDER named in NAMES ("|" between them) as a raw string.
string(REPLACE "|" ";" names "${NAMES}")
set(strings "")
set(table "")
foreach(name IN LISTS names)
  file(READ "${FOLDER}/${name}.json" text)
  string(APPEND strings "constexpr std::string_view ${name} = R\"lbsim_json(${text})lbsim_json\";\n")
  string(APPEND table "    {\"${name}\", ${name}},\n")
endforeach()
file(WRITE "${OUT}" "// Written by sim/io/profiles/embed.cmake.
#include \"sim/io/profiles/embedded.hpp\"

#include <array>

namespace lbsim::io {

namespace {

${strings}
constexpr EmbeddedProfile profiles[] = {
${table}};

}  // namespace

std::span<const EmbeddedProfile> embedded_profiles() { return profiles; }

}  // namespace lbsim::io
")
