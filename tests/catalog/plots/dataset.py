"""Tiny files in the format of IMDb's non-commercial data sets."""

import gzip

THIRD_MAN = {
    "name.basics": (
        "nconst primaryName birthYear deathYear primaryProfession knownForTitles",
        "nm0715346|Carol Reed|1906|1976|director|tt0041959",
        r"nm0001294|Graham Greene|1904|1991|writer|tt0041959",
        r"nm0001072|Joseph Cotten|1905|1994|actor|tt0041959",
        r"nm0885098|Alida Valli|1921|2006|actress|tt0041959",
    ),
    "title.akas": (
        "titleId ordering title region language types attributes isOriginalTitle",
        r"tt0041959|1|Der dritte Mann|AT|de|imdbDisplay|\N|0",
        r"tt0041959|2|Der Dritte Mann|DE|\N|imdbDisplay|\N|0",
        r"tt0041959|3|The Third Man|GB|\N|original|\N|1",
        r"tt0041959|4|Le troisième homme|FR|\N|imdbDisplay|\N|0",
    ),
    "title.basics": (
        "tconst titleType primaryTitle originalTitle isAdult startYear endYear runtimeMinutes genres",
        r"tt0041959|movie|The Third Man|The Third Man|0|1949|\N|104|Film-Noir,Mystery",
    ),
    "title.crew": ("tconst directors writers", "tt0041959|nm0715346|nm0001294"),
    "title.episode": ("tconst parentTconst seasonNumber episodeNumber", r"tt9999999|tt9999998|1|1"),
    "title.principals": (
        "tconst ordering nconst category job characters",
        r'tt0041959|1|nm0001072|actor|\N|["Holly Martins"]',
        r'tt0041959|2|nm0885098|actress|\N|["Anna Schmidt"]',
        r"tt0041959|3|nm0715346|director|\N|\N",
    ),
    "title.ratings": ("tconst averageRating numVotes", "tt0041959|8.1|190000"),
}


def write_dataset(directory):
    directory.mkdir()
    for name, (columns, *rows) in THIRD_MAN.items():
        write_file(directory / f"{name}.tsv.gz", columns.split(), *(row.split("|") for row in rows))
    return directory


def write_file(path, *rows):
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines("\t".join(row) + "\n" for row in rows)
