/* -------------------------------------------------------------------------
 * choice.c
 *		One of a few words: options of calls, labels of types.
 *
 * The words stand in one text, as the hint shows them, so that what is allowed and what is said
 * to be allowed cannot differ.
 * -------------------------------------------------------------------------
 */
#include "text/problem.h"
#include "values/choice.h"

#include <string.h>

bool
contacts_choose(const ContactsChoice *choice, const char *given, int *index,
				ContactsProblem *problem)
{
	char quoted[CONTACTS_QUOTE_SIZE];
	const char *word = choice->words;
	int place = 0;

	*index = -1;
	if (given == NULL)
		return true;
	for (; *word != '\0'; place++)
	{
		size_t size = strcspn(word, ",");

		if (strlen(given) == size && memcmp(given, word, size) == 0)
		{
			*index = place;
			return true;
		}
		word += size;
		word += strspn(word, ", ");
	}
	contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid %s: \"%s\"", choice->what,
					 contacts_quote_value(given, strlen(given), quoted));
	contacts_problem_detail(problem, "%s",
							choice->detail ? choice->detail : "The value is not known.");
	contacts_problem_hint(problem, "Allowed are: %s.", choice->words);
	return false;
}
