#!/usr/bin/python3
"""compare.py DRIVER [COUNT [SEED]] - runs made-up e-mail addresses, and each character of Unicode in
a local part, through the C code and through rules.py; prints where they differ, then exits 1."""
import collections
import random
import subprocess
import sys

import addresses
import rules

SHOWN = 20


def answers_of_driver(driver, texts):
    lines = '\n'.join(text.encode().hex() for text in texts) + '\n'
    done = subprocess.run([driver], input=lines, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def each_character():
    codes = [*range(1, 0xD800), *range(0xE000, 0x40000), *range(0xE0000, 0xF0010), 0x10FFFF]
    return [f'{chr(code)}x@example.net' for code in codes]


def main():
    driver = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(10**9)
    print(f'e-mail oracle: {count} addresses, seed {seed}')
    maker = addresses.Maker(random.Random(seed))
    differences = compare(driver, 'characters', each_character())
    differences += compare(driver, 'made-up', list({maker.make(): None for _ in range(count)}))
    return 1 if differences else 0


def compare(driver, title, texts):
    """Returns the number of differences."""
    differences = 0
    reasons = collections.Counter()
    accepted = []
    for text, answer in zip(texts, answers_of_driver(driver, texts), strict=True):
        found = bytes.fromhex(answer[1:]).decode() if answer[0] == '=' else None
        expected = rules.canonical(text)
        if found is None:
            reasons[answer[1:]] += 1
        else:
            accepted.append(found)
        if found != expected:
            differences += 1
            if differences <= SHOWN:
                print(f'  {text!a}: C {found!a}, rules {expected!a}, {answer}')
    for text, answer in zip(accepted, answers_of_driver(driver, accepted), strict=True):
        if answer != '=' + text.encode().hex():
            differences += 1
            print(f'  read again, {text!a} becomes {answer}')
    for reason, number in reasons.most_common():
        print(f'  {number:7} {reason}')
    print(f'{title}: {len(texts)} texts, {len(accepted)} accepted and read again, '
          f'{differences} differences')
    return differences


if __name__ == '__main__':
    sys.exit(main())
