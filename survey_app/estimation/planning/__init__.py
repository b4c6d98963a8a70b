"""Planning a survey: how many answers it needs, and how small a difference it can show.

`precision`    sample size for a proportion or mean, the margin a sample gives, a total shared out over domains
`slovin`       the Slovin (Yamane) formula beside the real need, with what it silently assumes
`differences`  the smallest difference two waves or two units can show, and the sample a difference needs
`figures`      checks of planning figures

All figures may be arrays, one entry a domain (a province, an office). Sample sizes are completed answers
unless they are called invitations.
"""
