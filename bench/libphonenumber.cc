// libphonenumber.cc: prints the seconds that libphonenumber takes to parse, judge and format each
// line of a file, as normalize_phone does; the better of two rounds.
#include <phonenumbers/phonenumberutil.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

int main(int argc, char **argv)
{
	const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
	std::ifstream file(argc > 1 ? argv[1] : "/dev/stdin");
	std::vector<std::string> lines;
	double best = 1e9;

	for (std::string line; std::getline(file, line);)
		lines.push_back(line);
	for (int round = 0; round < 2; round++)
	{
		auto start = std::chrono::steady_clock::now();
		size_t length = 0;

		for (const std::string &line : lines)
		{
			PhoneNumber number;
			std::string text;

			if (util.Parse(line, "ZZ", &number) == PhoneNumberUtil::NO_PARSING_ERROR &&
				util.IsValidNumber(number))
				util.Format(number, PhoneNumberUtil::E164, &text);
			length += text.size();
		}
		std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
		if (length > 0 && taken.count() < best)
			best = taken.count();
	}
	std::cout << best << std::endl;
}
