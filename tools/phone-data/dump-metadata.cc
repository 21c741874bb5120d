/* -------------------------------------------------------------------------
 * dump-metadata.cc
 *	  Prints the metadata inside an installed C++ libphonenumber (8.x), as the
 *	  bytes of its PhoneMetadataCollection message, for "generate --proto".
 *
 * Only the differential test uses this: tables made from a library's own
 * metadata must give that library's answers.
 *
 *	  c++ dump-metadata.cc -lphonenumber -o dump-metadata
 * ------------------------------------------------------------------------- */
#include <cstdio>

namespace i18n
{
namespace phonenumbers
{
int			metadata_size();
const void *metadata_get();
}
}

int
main()
{
	size_t		size = static_cast<size_t>(i18n::phonenumbers::metadata_size());

	return std::fwrite(i18n::phonenumbers::metadata_get(), 1, size, stdout) == size ? 0 : 1;
}
