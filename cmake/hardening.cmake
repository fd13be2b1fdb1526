# SPDX-License-Identifier: GPL-2.0-or-later
# Flags that make mistakes in memory handling harder to exploit, where compiler and linker know
# them. What packagers set themselves stays. The sanitizers find such mistakes instead, and need
# their own stack and their own versions of the functions that _FORTIFY_SOURCE replaces.
include(CheckCCompilerFlag)
include(CheckCSourceCompiles)
include(CheckLinkerFlag)
include(CheckPIESupported)

function(hotremove_harden target)
	set(compiler -fstack-protector-strong -fstack-clash-protection)
	if(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
		list(APPEND compiler -mbranch-protection=standard)
	endif()
	foreach(flag ${compiler})
		string(MAKE_C_IDENTIFIER HAVE_${flag} result)
		check_c_compiler_flag(${flag} ${result})
		if(${result})
			target_compile_options(${target} INTERFACE ${flag})
		endif()
	endforeach()
	foreach(flag -Wl,-z,relro -Wl,-z,now)
		string(MAKE_C_IDENTIFIER HAVE_${flag} result)
		check_linker_flag(C ${flag} ${result})
		if(${result})
			target_link_options(${target} INTERFACE ${flag})
		endif()
	endforeach()
	# It needs optimization, and warns without it. Some compilers define it themselves.
	check_c_source_compiles("
		#ifdef _FORTIFY_SOURCE
		#error
		#endif
		int main(void) { return 0; }" HAVE_NO_FORTIFY_SOURCE)
	if(HAVE_NO_FORTIFY_SOURCE)
		target_compile_definitions(${target} INTERFACE
			$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:_FORTIFY_SOURCE=2>)
	endif()
endfunction()

if(NOT HOTREMOVE_SANITIZE AND NOT HOTREMOVE_FUZZ AND NOT HOTREMOVE_COVERAGE)
	hotremove_harden(hotremove_options)
	check_pie_supported(LANGUAGES C)
	set(CMAKE_POSITION_INDEPENDENT_CODE ON)
endif()
