// SPDX-License-Identifier: Apache-2.0
// Lets a script ask the reader: `probe schema`, or `probe FILE...`, one line "ok" or "bad" for each file.
#include <iostream>

#include "sim/io/scenario/reader.hpp"

int main(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument == "schema") {
            std::cout << lbsim::io::schema();
            continue;
        }
        try {
            lbsim::io::read_study(argument);
            std::cout << "ok\n";
        } catch (const lbsim::InputError& error) {
            std::cout << "bad\n";
            std::cerr << error.what() << '\n';
        }
    }
}
