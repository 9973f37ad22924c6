"""The fictional league's vocabulary: cities, nicknames, people. Nobody here exists."""

from __future__ import annotations

from typing import Final

# City, state, tricode, nickname, IANA zone. Ordered so that any first ten span the continent.
FRANCHISES: Final[tuple[tuple[str, str, str, str, str], ...]] = (
    ("Port Halyard", "ME", "PHY", "Lanterns", "America/New_York"),
    ("Saint Aurelia", "CA", "SAU", "Condors", "America/Los_Angeles"),
    ("Marlow Falls", "OH", "MFL", "Millers", "America/New_York"),
    ("Caldera City", "OR", "CAL", "Embers", "America/Los_Angeles"),
    ("Brightwater", "IL", "BRW", "Herons", "America/Chicago"),
    ("Redstone", "CO", "RED", "Prospectors", "America/Denver"),
    ("Fort Quillan", "TX", "FQN", "Rangers", "America/Chicago"),
    ("New Corvane", "NJ", "NCV", "Ferrymen", "America/New_York"),
    ("Las Brisas", "NV", "LBR", "Mirages", "America/Los_Angeles"),
    ("Ashgrove", "GA", "ASH", "Foxes", "America/New_York"),
    ("Kestrel Bay", "WA", "KBY", "Kingfishers", "America/Los_Angeles"),
    ("Dunmore", "PA", "DUN", "Anvils", "America/New_York"),
    ("Prairie Junction", "KS", "PRJ", "Harvesters", "America/Chicago"),
    ("Mesa Verdad", "AZ", "MVD", "Scorpions", "America/Phoenix"),
    ("Lakehurst Heights", "WI", "LHT", "Icebreakers", "America/Chicago"),
    ("Coral Point", "FL", "CPT", "Barracudas", "America/New_York"),
    ("Granite Pass", "NH", "GRP", "Moose", "America/New_York"),
    ("Bayou Clair", "LA", "BYC", "Egrets", "America/Chicago"),
    ("Silverton Plains", "NE", "SVP", "Drovers", "America/Chicago"),
    ("Old Harbor", "MD", "OHB", "Clippermen", "America/New_York"),
    ("Juniper Ridge", "UT", "JNR", "Larks", "America/Denver"),
    ("Rosewick", "VA", "RWK", "Thorns", "America/New_York"),
    ("Cinder Creek", "ID", "CCK", "Stokers", "America/Boise"),
    ("Vandermeer", "MI", "VDM", "Windmills", "America/Detroit"),
    ("Tallow Springs", "KY", "TLS", "Colonels", "America/New_York"),
    ("Palmetto Key", "SC", "PKY", "Pelagics", "America/New_York"),
    ("Whitehorn", "MN", "WHN", "Voyageurs", "America/Chicago"),
    ("Cape Verity", "NS", "CVT", "Terns", "America/Halifax"),
    ("Copper Basin", "MT", "CBN", "Smelters", "America/Denver"),
    ("El Faro", "CA", "ELF", "Beacons", "America/Los_Angeles"),
)

# The odds vendor writes some cities in another way (as with the two forms of one Los Angeles team).
VENDOR_CITY_FORMS: Final[dict[str, str]] = {
    "Saint Aurelia": "St. Aurelia",
    "Fort Quillan": "Ft. Quillan",
}

FIRST_NAMES: Final[tuple[str, ...]] = (
    "Adrien", "Alonzo", "Amari", "Anselm", "Ante", "Ashton", "Basile", "Benoît", "Boris", "Bryce",
    "Caleb", "Camden", "Cedric", "Chidi", "Corwin", "Cyrus", "Dalton", "Damir", "Dejan",
    "De'Shawn", "Desmond", "Dominik", "Donnell", "Dragan", "Elias", "Emeka", "Enzo", "Ezra",
    "Fabrice", "Felipe", "Filip", "Garrison", "Gaël", "Goran", "Hakim", "Hollis", "Hugo",
    "Ibrahim", "Isaiah", "Ismaël", "Jabari", "Ja'Vonte", "Jaro", "Jasper", "Jérôme", "Jorge",
    "Julius", "Kaleb", "Kareem", "Kofi", "Lamar", "Lars", "Leandro", "Levi", "Luca", "Malachi",
    "Mateo", "Matthias", "Milan", "Moussa", "Nathaniel", "Niko", "Obinna", "Omar", "Otis",
    "Pascal", "Quincy", "Rafael", "Reggie", "Roman", "Sacha", "Samir", "Sekou", "Silas",
    "Stellan", "Tariq", "Terrell", "Théo", "Tobias", "Tre'Von", "Ulrich", "Vasil", "Vincent",
    "Wendell", "Xavier", "Yannick", "Yusuf", "Zaire", "Zoran", "Željko",
)  # fmt: skip

FAMILY_NAMES: Final[tuple[str, ...]] = (
    "Abara", "Aldana", "Antić", "Arceneaux", "Ashworth", "Bellamy", "Beaulieu", "Bjelica-Ruud",
    "Blackwood", "Bogdanec", "Brankovič", "Briscoe", "Calloway", "Castellano", "Chambliss",
    "Coulibert", "Crowder-Hale", "Dambrosio", "D'Angelou", "Delacroix", "Deveraux", "Diabira",
    "Drummer", "Easley", "Ekwueme", "Ellery", "Estévez", "Fairbanks", "Fontaine", "Fournel",
    "Gaines", "Galbraith", "García-Luna", "Gilchrist", "Goodwell", "Gueyeza", "Hairston",
    "Halvorsen", "Hargrove", "Hinds", "Holloway", "Hrvatin", "Iwundu", "Jankovec", "Jefferies",
    "Kabengu", "Kaminsky-Roe", "Kessling", "Kovačec", "Lachance", "Langstrom", "Lavigne",
    "Lindqvist", "Lockridge", "Loughty", "Maddox", "Mbayo", "McAllory", "McKinnis",
    "Merriweather", "Mitrović", "Montague", "N'Dour", "Nwosu-Bell", "Oakes", "O'Bannon",
    "O'Rourke", "Okpalaru", "Ortiz-Vega", "Pargo", "Pavlović", "Pembroke", "Petrauskas",
    "Pickering", "Quarles", "Radović", "Rainey", "Redfern", "Rosales", "Rutledge", "Šarić-Vuk",
    "Satterfield", "Sedgwick", "Senghoré", "Shumway", "Sørensen", "Stackpole", "Sumpter",
    "Tavares", "Thibodeaux", "Tillery", "Traoreau", "Tunstall", "Underhill", "Valančius",
    "Vandyke", "Varnado", "Vukčević", "Wainwright", "Weatherly", "Whitlock", "Winfrey", "Wojcik",
    "Yarborough", "Youngblood", "Zabala", "Zielinski", "Žagars",
)  # fmt: skip

NICKNAMES: Final[tuple[str, ...]] = (
    "Bub",
    "Deuce",
    "Ace",
    "Scoot",
    "Moe",
    "Trey",
    "Buddy",
    "Boogie",
)

INJURIES: Final[tuple[str, ...]] = (
    "Right Ankle; Sprain",
    "Left Knee; Soreness",
    "Left Hamstring; Strain",
    "Lower Back; Spasms",
    "Right Wrist; Sprain",
    "Illness; Illness",
    "Concussion Protocol",
)

# Key and title of each book, as the odds vendor writes them. The last mixes alternates in.
BOOKMAKERS: Final[tuple[tuple[str, str], ...]] = (
    ("draftkings", "DraftKings"),
    ("fanduel", "FanDuel"),
    ("betmgm", "BetMGM"),
    ("williamhill_us", "Caesars"),
    ("betrivers", "BetRivers"),
)
BOOK_WITH_ALTERNATES: Final = "betrivers"
