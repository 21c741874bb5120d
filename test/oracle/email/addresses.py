"""Makes up e-mail addresses as people mistype, wrap and mangle them; every draw from one seeded
generator, so that a seed gives the same addresses again."""

INVISIBLES = '\xad\u061c\u180e\u200b\u200e\u200f\u202a\u202e\u2060\u2066\u2069\ufeff'
JOINERS = '\u200c\u200d'
SPACES = ' \t\n\r\v\f\x85\xa0\u1680\u2003\u2028\u2029\u202f\u205f\u3000'
CONTROLS = '\x01\x08\x1b\x1c\x1f\x7f\x80\x9f'
ATEXT = "abcxyzABCXYZ0189!#$%&'*+/=?^_`{|}~-"
SPECIALS = '"(),:;<>@[]\\. '
LETTERS = ('éÉßẞñÑøØłŁİıſK\u0301\u0308\u0307ΣσςΑάΐὙᾼДжЁўЄهםकीสวैखि日本語あカ가힣ᄀ'
           'ǅǆȺⱥ\u1e9e\u0345\u0390\u1d2eꙊ😀\u00b5\u2126\u212b\u1100\u1161\u11a8')
ODD = ('\ufffd\ue000\uf8ff\ufdd0\ufffe\U0001ffff\U000f0000\u037e\u1fef\u2260\u226e\u2102\u00ba'
       '\u2488')
WORDS = (
    "info sara.roe o_brien o'hara x TOM Mia.K a..b .a a. tag+x josé jose\u0301 JOSE\u0301 Иван ΝΙΚΟΣ "
    "ΟΔΟΣ.Σ Δοκιμή नमस्ते 用户 İpek \u212aim a\u200db é\u200dé é\u200cé mailto 1 ' 🙂 123").split(' ')
HOSTS = (
    'example widgets News a-b xn--fake XN--D-UGA0V4H 3com 1 12 x a--b ab--c café CAFÉ cafe\u0301 '
    'straße STRAẞE łódź Москва 例え ﾃｽﾄ 한국 ΟΔΟΣ οδος παράδειγμα ישראל لبنان नमस्ते ไทย ü-y '
    '中\u200d国 ﬁsh नाम\u0940 K\u212aé ①② ℀ ☃ 😀 \u0301x é- -é ab--é').split(' ')
TLDS = 'com net EXAMPLE museum c 12 1a рф 中国 рф. co.uk é xn--p1ai com. com.. '.split(' ')
NAMES = ['Sara', 'Sara Roe', '"Roe, Sara"', 'Roe, Sara', "Dr. O'Brien", '“Sara”', 'Sara (x)',
         'Sara "S" Roe', 'sara@example.net', '"x@y.zz"', 'S:', 'José', '']
COMMENTS = ['(work)', '()', '(a (b) c)', '(a', 'b)', '(\\))', '(a@b.cc)', '("q)', '(é\u200b)']
PAIRS = ['""', "''", '“”', '‘’', '„“', '‚‘', '«»', '””', '"\'', '“"', '``']


class Maker:
    def __init__(self, random):
        self.random = random

    def make(self):
        r = self.random
        text = self.local() + '@' + self.domain()
        for _ in range(r.choice([0, 0, 0, 1, 1, 1, 2, 3])):
            text = r.choice([self.spaces, self.list_rest, self.mailto, self.comment, self.angle,
                             self.quotes])(text)
        for _ in range(r.choice([0, 0, 0, 0, 1, 1, 2, 4])):
            text = self.mangle(text)
        return text

    def some(self, characters, most):
        return ''.join(self.random.choice(characters) for _ in range(self.random.randint(0, most)))

    def local(self):
        r = self.random
        kind = r.random()
        if kind < 0.5:
            return r.choice(WORDS) + r.choice(['', '', '.', '+']) + r.choice(['', r.choice(WORDS)])
        if kind < 0.6:
            return self.some(ATEXT + '.', 12)
        if kind < 0.7:
            return self.some(ATEXT + LETTERS, 8)
        if kind < 0.75:
            return self.some(LETTERS + ODD + JOINERS, 6)
        if kind < 0.85:
            return self.filled(r.choice(['a', 'é', 'e\u0301', 'Ⱥ', 'K', '日']), r.randint(62, 66))
        return '"' + self.quoted() + '"'

    def filled(self, unit, size):
        """About size bytes, measured in the units' composed or raw form by chance."""
        width = self.random.choice([len(unit.encode()), 1, 2])
        return unit * (size // width) + 'b' * (size % width)

    def quoted(self):
        r = self.random
        inner = r.choice([self.some(ATEXT + '.', 8), self.some(SPECIALS + LETTERS, 6), ' ',
                          self.some(SPECIALS + 'ab', 8), 'a' * r.randint(58, 66), r.choice(WORDS)])
        if r.random() < 0.6:
            inner = inner.replace('\\', '\\\\').replace('"', '\\"')
        return inner if r.random() < 0.8 else ''.join(
            '\\' + c if r.random() < 0.4 else c for c in inner)

    def domain(self):
        r = self.random
        if r.random() < 0.06:
            return r.choice(['[192.0.2.1]', '192.0.2.1', '[IPv6:2001:db8::9]', 'localhost', '.',
                             'a_b.com', 'x/y.com', 'a b.com', '-a.com', 'a-.com', 'a..com',
                             '.a.com'])
        labels = [r.choice(HOSTS) if r.random() < 0.8 else self.long_label()
                  for _ in range(r.choice([0, 1, 1, 1, 1, 2, 3]))]
        if r.random() < 0.03:
            labels += ['a' * 60] * 3 + ['b' * r.randint(1, 9)] * r.randint(1, 6)
        dot = r.choice(['.'] * 10 + ['。', '．', '｡'])
        return dot.join(labels + [r.choice(TLDS[:8] if r.random() < 0.8 else TLDS)])

    def long_label(self):
        unit = self.random.choice(['a', 'a', 'é', 'я', '中'])
        return unit * (self.random.randint(61, 65) if unit == 'a' else self.random.randint(20, 58))

    def spaces(self, text):
        return self.some(SPACES, 2) + text + self.some(SPACES, 2)

    def list_rest(self, text):
        return text + self.some(' ,;\t', 3)

    def mailto(self, text):
        r = self.random
        if r.random() < 0.6:
            text = ''.join(self.percent(c) if r.random() < 0.3 else c for c in text)
        scheme = r.choice(['mailto:'] * 3 + ['MailTo:', 'mailto: ', 'ｍailto:', 'mailto', 'mail:'])
        query = r.choice(['', '', '?subject=x', '?', '?to=a@b.cc', '%', '%4', '%zz'])
        return scheme + text + query

    def percent(self, character):
        form = self.random.choice(['%%%02X', '%%%02x'])
        return ''.join(form % byte for byte in character.encode())

    def comment(self, text):
        comment = self.random.choice(COMMENTS)
        return self.random.choice([text + comment, text + ' ' + comment, comment + text])

    def angle(self, text):
        r = self.random
        name = r.choice(NAMES + [text])
        return name + r.choice(['', ' ']) + r.choice(
            ['<%s>'] * 5 + ['< %s >', '<<%s>>', '<%s', '%s>', '<%s> x', '<%s>,<a@b.cc>']) % text

    def quotes(self, text):
        pair = self.random.choice(PAIRS)
        return pair[0] + self.random.choice(['', '', ' ']) + text + pair[1]

    def mangle(self, text):
        r = self.random
        at = r.randint(0, len(text))
        kind = r.choice(['insert'] * 5 + ['delete', 'case', 'wide', 'double'])
        if kind == 'insert':
            pool = r.choice([INVISIBLES, INVISIBLES, JOINERS, JOINERS, SPACES, CONTROLS,
                             SPECIALS, LETTERS, ODD, ATEXT])
            return text[:at] + r.choice(pool) + text[at:]
        if kind == 'delete':
            return text[:at] + text[at + 1:]
        if kind == 'case':
            return text.swapcase()
        if kind == 'double':
            return text[:at] + text[at:at + 1] + text[at:]
        return ''.join(self.wide(c) for c in text)

    def wide(self, c):
        return chr(ord(c) + 0xFEE0) if '!' <= c <= '~' and self.random.random() < 0.3 else c
