// SPDX-License-Identifier: Apache-2.0
// The one place that names Catch2's header (2.13 spells it differently from 3).
#pragma once

#include <catch2/catch.hpp>
